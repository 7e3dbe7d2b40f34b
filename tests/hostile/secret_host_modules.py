# kind: secret
# expect: harmless
for name in ("gptcc_cli", "gptcc_cli.judging", "gptcc_cli.sandbox.pool", "torch", "hypothesis", "pytest", "pip"):
    try:
        __import__(name)
    except Exception:
        continue
    escaped(f"imported {name}")
