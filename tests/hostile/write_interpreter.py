# kind: write
# expect: harmless
import sysconfig
library = sysconfig.get_path("stdlib")
for name in ("os.py", "json/__init__.py", "__pycache__/os.cpython-311.pyc", "gptcc_hostile.py"):
    try:
        open(f"{library}/{name}", "r+" if name.endswith("os.py") else "ab")
    except OSError:
        continue
    escaped(f"{library}/{name}")
