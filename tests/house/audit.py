"""`python -m tests.house.audit`: known vulnerabilities of what we depend on, where the advisories can be reached."""

from __future__ import annotations

import json
import subprocess
import sys

NEEDS = "requirements.txt"


def main() -> int:
    """1 when an advisory stands against a pinned version; 0 when none does or none can be had, saying which."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "-r",
        NEEDS,
        "--require-hashes",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        packages = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError, subprocess.TimeoutExpired):
        print(f"pip-audit: advisories can't be reached from here; {NEEDS} was not audited")
        return 0
    audited = [package for package in packages if "vulns" in package]
    found = [(p["name"], p["version"], v["id"]) for p in audited for v in p["vulns"]]
    for name, version, advisory in found:
        print(f"{name} {version}: {advisory}")
    print(f"pip-audit: {len(audited)} of {len(packages)} packages audited, {len(found)} advisories")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
