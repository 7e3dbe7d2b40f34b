# kind: kernel
# expect: harmless
import stat
for name in ("mem", "port", "vda", "sda", "kvm", "fuse", "net/tun", "ptmx", "loop-control", "vsock"):
    try:
        os.open("/dev/" + name, os.O_RDWR)
    except OSError:
        continue
    escaped(name)
try:
    os.mknod("./disk", stat.S_IFBLK | 0o666, os.makedev(254, 0))
    escaped("mknod")
except OSError:
    pass
