"""The way from power-on to a web page, in HyperCore and without it. Used by bench.py; docs/benchmarks.md says how it is measured."""

import re
import shutil
import time
from pathlib import Path

import bench

# As shipped, but the browser opens by itself: a machine whose instructions are recorded takes no keys.
SHIPPED_CONFIG = Path(__file__).parents[2] / "esp-image/hypercore.conf"
CMDLINE = re.search(r"^\[vm mail\].*?^cmdline *= *(.*?)$", SHIPPED_CONFIG.read_text(), re.DOTALL | re.MULTILINE)[1] + " open=browser"
# Where instructions are counted, the kernel's first message is wanted, and earlyprintk writes it at once.
COUNTED_CMDLINE = CMDLINE.replace("quiet", "loglevel=6") + " earlyprintk=ttyS0"
CONFIG = """[hypercore]
default = mail
timeout = 0
[vm mail]
boot = linux
kernel = \\EFI\\HyperCore\\{kernel}
initrd = \\EFI\\HyperCore\\appliance\\initrd.img
disk = \\EFI\\HyperCore\\appliance\\programs.squashfs
cmdline = {cmdline}
memory = 512M
network = yes
settings = yes
"""
# The kernel as a firmware takes it, in the place of the demo's, which has its size; and as the appliance has it.
PACKED = "demo\\vmlinuz"
SHIPPED = "appliance\\vmlinux"
# The blue of the links on NetSurf's own page, and how many pixels of it there are at least.
PAGE_COLOUR = b"\x94\xad\xff"
PAGE_PIXELS = 20_000
NETWORK = ["-netdev", "user,id=net", "-device", "virtio-net-pci,disable-legacy=on,netdev=net,romfile="]
# HyperCore's own start to the start screen, on QEMU 10 and an idle machine.
START_SCREEN_LIMIT = 4.0
SPANS = (
    ("kernel_to_start_screen", "kernel to start screen", "kernel", "start_screen", True),
    ("kernel_to_page", "kernel to first page", "kernel", "page", True),
    ("reset_to_menu", "reset to menu", None, "menu", False),
    ("reset_to_kernel", "reset to kernel", None, "kernel", False),
    ("reset_to_start_screen", "reset to start screen", None, "start_screen", False),
    ("reset_to_page", "reset to first page", None, "page", False),
)


def wait_for_page(machine, folder):
    """Until the browser shows its page. A screen has no event: it is looked at as often as that costs little."""
    end = time.monotonic() + bench.BOOT_LIMIT
    path = f"{folder}/screen.ppm"
    while time.monotonic() < end:
        machine.execute("screendump", filename=path)
        with open(path, "rb") as file:
            if file.read().count(PAGE_COLOUR) > PAGE_PIXELS:
                return
        time.sleep(0.1)
    raise SystemExit(f"bench.sh: the browser shows no page; the last lines are:\n{machine.text[-2000:]}")


def measure(settings, in_vm, counts, kernel=PACKED):
    """
    Boots the appliance and opens its browser. Returns where each event is: instructions since reset, or seconds since power-on (counts: False).
    in_vm: as a VM of HyperCore, from a stick; else by OVMF, which QEMU gives the kernel.
    """
    events = {}
    cmdline = COUNTED_CMDLINE if counts else CMDLINE
    appliance = f"{settings.artifacts}/esp/EFI/HyperCore/appliance"

    def direct(folder):
        shutil.copy(settings.variables, f"{folder}/vars.fd")
        return bench.firmware(settings, folder) + NETWORK + [
            "-m", "1536M", "-vga", "std", "-kernel", settings.appliance_kernel, "-initrd", f"{appliance}/initrd.img", "-append", cmdline,
            "-drive", f"if=none,id=programs,format=raw,readonly=on,file={appliance}/programs.squashfs",
            "-device", "virtio-blk-pci,drive=programs,serial=programs.squashfs,disable-legacy=on,romfile=",
        ]

    def virtual(folder):
        files = {PACKED.replace("\\", "/"): settings.appliance_kernel} if kernel == PACKED else {}
        return bench.hypercore(settings, CONFIG.format(kernel=kernel, cmdline=cmdline), files)(folder) + NETWORK

    begin = time.monotonic()
    with bench.Machine(settings, virtual if in_vm else direct, record=counts, counts=counts) as machine:
        def note(name):
            events[name] = machine.instructions() if counts else time.monotonic() - begin

        if in_vm:
            machine.wait_for(r"HyperCore \d")
            note("hypercore")
            machine.wait_for("menu: shown")
            note("menu")
        if counts:
            machine.wait_for("Linux version [0-9]")
            note("kernel")
        machine.wait_for("appliance: start screen")
        note("start_screen")
        wait_for_page(machine, machine.folder)
        note("page")
    return events


def report(settings):
    """Prints the figures. Returns them, and whether a target was missed."""
    missed = False
    result = {"limit_percent": bench.BOOT_LIMIT_PERCENT, "instructions": {}, "seconds": {}}
    direct = measure(settings, in_vm=False, counts=True)
    virtual = measure(settings, in_vm=True, counts=True)
    print("appliance, instructions:     by OVMF directly   as a VM")
    for key, title, begin, end, is_target in SPANS:
        figures = [events[end] - (events[begin] if begin else 0) if end in events else None for events in (direct, virtual)]
        line = f"  {title:<26}" + "".join(f"{f'{figure / 1e6:.0f} M' if figure else '-':>12}" for figure in figures)
        result["instructions"][key] = {"direct": figures[0], "vm": figures[1]}
        if figures[0]:
            added = 100.0 * (figures[1] - figures[0]) / figures[0]
            limit = bench.BOOT_LIMIT_PERCENT if is_target else None
            verdict = bench.judge(added, limit)
            missed |= verdict == "MISSED"
            result["instructions"][key]["added_percent"] = round(added, 2)
            line += f"  {added:+.1f} %" + (f" (target: at most {limit:+.0f} %)  {verdict}" if limit else "")
        print(line)

    direct = measure(settings, in_vm=False, counts=False)
    virtual = measure(settings, in_vm=True, counts=False, kernel=SHIPPED)
    result["seconds"] = {"direct": direct, "vm": virtual}
    print(f"appliance, seconds on {version(settings.qemu)}: by OVMF directly, as a VM (as shipped)")
    for name, title in (("hypercore", "HyperCore"), ("menu", "menu"), ("start_screen", "start screen"), ("page", "first page")):
        print(f"  power-on to {title:<14}" + "".join(f"{f'{events[name]:.1f} s' if name in events else '-':>12}" for events in (direct, virtual)))
    start = virtual["start_screen"] - virtual["hypercore"]
    result["seconds"]["hypercore_to_start_screen"] = round(start, 2)
    # Seconds depend on this machine and on what else it does: they are told, and are no reason to fail.
    print(f"  HyperCore to start screen {start:.1f} s (target on an idle machine with QEMU 10: {START_SCREEN_LIMIT:.0f} s)")
    return result, missed


def version(program):
    text = bench.subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return "QEMU " + re.search(r"version (\S+)", text).group(1)
