# kind: leak
# expect: harmless
left = ["RESIDUE-" + "OF-A-PROGRAM"] * 1000
blob = bytearray(b"RESIDUE-" + b"OF-A-PROGRAM") * 100_000
