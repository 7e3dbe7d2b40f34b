# kind: process
# expect: wall
os.kill(os.getpid(), 19)
