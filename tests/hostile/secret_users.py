# kind: secret
# expect: harmless
import pwd
try:
    if len(pwd.getpwall()) > 1:
        escaped("users")
except (OSError, KeyError):
    pass
