# kind: time
# expect: wall
import re
re.match(r"(x+x+)+y", "x" * 100)
