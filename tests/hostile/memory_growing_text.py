# kind: memory
# expect: memory|wall
text = "x" * 1000
while True:
    text += text
    if len(text) > 3 << 30:
        escaped("3 GiB of text")
