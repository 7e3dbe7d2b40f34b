# kind: secret
# expect: harmless
for name in (".ssh/id_rsa", ".bashrc", ".netrc", ".gitconfig"):
    for home in (CANARY + "/home", os.path.expanduser("~"), "/root"):
        try:
            with open(os.path.join(home, name)) as file:
                escaped(file.read())
        except OSError:
            pass
