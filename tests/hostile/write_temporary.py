# kind: write
# expect: harmless
import tempfile
for make in (tempfile.TemporaryFile, tempfile.NamedTemporaryFile, tempfile.mkdtemp):
    try:
        make()
    except OSError:
        continue
    escaped("temporary file")
