"""Everything that is measured, one after the other; about half an hour on a quiet machine."""

import subprocess
import sys

PARTS = (
    *(("bench.posting",), ("bench.mail",), ("bench.publish", "--plain")),
    *(("bench.push",), ("bench.search",)),
)
for module, *arguments in PARTS:
    print(f"\n== python -m {' '.join([module, *arguments])}", flush=True)
    subprocess.run([sys.executable, "-m", module, *arguments], check=True)
