# kind: leak
# expect: harmless
sys.stdin.readline()
sys.stdout.write("unflushed")
os.lseek(0, 0, 2)
os.dup2(1, 2)
os.set_blocking(1, False)
os._exit(0)
