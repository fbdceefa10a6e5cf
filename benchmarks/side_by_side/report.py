"""Tables, ratios, shares of what the machine can do, and a plot."""

import json
import os
import shutil
import statistics
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CASES = ["first", "unchanged", "next day", "random", "random cbt", "restore"]
S3_CASES = ["s3 first", "s3 unchanged", "s3 next day", "s3 restore"]


def median(runs, field="seconds"):
    return statistics.median(run[field] for run in runs)


def machine_limits(work, image):
    """Seconds on all processors for what no tool can leave out, from measured primitives (MachineLimits)."""
    folder = os.path.join(work, "limits")
    os.makedirs(folder, exist_ok=True)
    subprocess.run([os.path.join(HERE, "run"), "limits", image, folder], stderr=subprocess.DEVNULL, check=True)
    with open(os.path.join(folder, "limits.json")) as file:
        steps = json.load(file)
    shutil.rmtree(folder)
    steps["limits"] = {
        "first": steps["read"] + steps["hash"] + steps["compress"] + steps["write_packed"],
        "unchanged": steps["read"] + steps["hash"],
        "restore": max(steps["write_plain"], steps["decompress"]),
        "delta restore": steps["read"] + steps["hash"],
    }
    return steps


def fastest_peer(results, case):
    """The peer with the best median; without changed-block input, a peer's best is its best at random writes."""
    runs = results.get("random" if case == "random cbt" else case, {})
    peers = {name: median(found) for name, found in runs.items() if name != "godwit"}
    return min(peers.items(), key=lambda pair: pair[1]) if peers else None


def cell(case, runs):
    seconds = [run["seconds"] for run in runs]
    text = f"{statistics.median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"
    if "restore" in case:
        return text + f", synced {median(runs, 'syncSeconds'):.2f}"
    return text + f", +{median(runs, 'addedBytes') / 1e6:.2f} MB"


def table(results, tools, limits, cases):
    """Tools by cases; then how many times the fastest peer's time is ours, and how near the limit is."""
    print("| tool | " + " | ".join(cases) + " | CPU s, first | peak MiB |")
    print("|---" * (len(cases) + 3) + "|")
    for tool in tools:
        found = {case: results.get(case, {}).get(tool, []) for case in cases}
        if not any(found.values()):
            continue
        cells = [cell(case, runs) if runs else "" for case, runs in found.items()]
        peak = max(run["peakRssBytes"] for runs in found.values() for run in runs)
        first = found[cases[0]]
        cells.append(f"{median(first, 'cpuSeconds'):.1f}" if first else "")
        print(f"| {tool} | " + " | ".join(cells) + f" | {peak >> 20} |")
    ours = {case: results.get(case, {}).get("godwit", []) for case in cases}
    ratios, shares = [], []
    for case in cases:
        peer = fastest_peer(results, case)
        both = peer and ours[case]
        ratios.append(f"{peer[1] / median(ours[case]):.1f}x {peer[0]}" if both else "")
        limit = limits.get(case)
        shares.append(f"{100 * limit / median(ours[case]):.0f} % of {limit:.2f} s" if limit and ours[case] else "")
    print("| *fastest peer / godwit* | " + " | ".join(ratios) + " | | |")
    if any(shares):
        print("| *share of the limit* | " + " | ".join(shares) + " | | |")
    print()


def alone(results, limits):
    """What only Godwit does here, a line each."""
    shown = set(CASES + S3_CASES)
    print("| godwit alone | seconds | added | limit |\n|---|---|---|---|")
    for case, by_tool in results.items():
        runs = by_tool.get("godwit")
        if case in shown or case.startswith("(") or not runs:
            continue
        limit = limits.get(case)
        share = f"{100 * limit / median(runs):.0f} % of {limit:.2f} s" if limit else ""
        added = f"{median(runs, 'addedBytes') / 1e6:.3f} MB" if "addedBytes" in runs[0] else ""
        seconds = [run["seconds"] for run in runs]
        print(f"| {case} | {statistics.median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f}) | {added} | {share} |")
    print()


def plot(path, results, tools):
    """Horizontal bars, seconds by case and tool, as an SVG that reads on light and dark pages."""
    width, bar, gap, left = 720, 14, 26, 150
    shown = [results[case] for case in CASES if case in results]
    longest = max(median(runs) for by_tool in shown for runs in by_tool.values())
    parts, y = [], 10
    for case in CASES:
        by_tool = {tool: results.get(case, {}).get(tool) for tool in tools}
        if not any(by_tool.values()):
            continue
        parts.append(f'<text x="0" y="{y + 11}" font-weight="bold">{case}</text>')
        for tool, runs in by_tool.items():
            if not runs:
                continue
            seconds = median(runs)
            length = max(2, seconds / longest * (width - left - 70))
            color = "#0a7d6c" if tool == "godwit" else "#9aa5b1"
            parts.append(f'<text x="{left - 6}" y="{y + 11}" text-anchor="end">{tool}</text>')
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 2}" fill="{color}"/>')
            parts.append(f'<text x="{left + length + 5:.1f}" y="{y + 11}">{seconds:.1f} s</text>')
            y += bar
        y += gap - bar
    style = "font: 11px sans-serif; fill: #6b7683"
    with open(path, "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}">')
        file.write(f'<g style="{style}">' + "".join(parts).replace("<rect", "\n<rect") + "</g></svg>\n")
