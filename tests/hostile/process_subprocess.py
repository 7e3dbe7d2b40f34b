# kind: process
# expect: harmless
import subprocess
for words in (["id"], [sys.executable, "-c", "print(1)"]):
    try:
        if subprocess.run(words, capture_output=True, timeout=1).stdout:
            escaped("subprocess")
    except OSError:
        pass
