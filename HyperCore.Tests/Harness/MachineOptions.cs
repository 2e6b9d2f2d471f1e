namespace HyperCore.Tests.Harness;

/// <summary>The machine that QEMU plays; the defaults are those of scripts/run.sh.</summary>
internal sealed record MachineOptions
{
    /// <summary>QEMU's processor model.</summary>
    public string Cpu { get; init; } = Qemu.DefaultCpu;

    /// <summary>Memory: <c>1G</c>.</summary>
    public string Memory { get; init; } = "1G";

    /// <summary>Processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>It has a keyboard controller with a PS/2 keyboard and mouse.</summary>
    public bool HasI8042 { get; init; } = true;

    /// <summary>QEMU's -vga.</summary>
    public string Vga { get; init; } = "std";

    /// <summary>A variable store with keys, for a firmware that takes signed images only; null for one that takes any.</summary>
    public string? SecureBootVariables { get; init; }

    /// <summary>The file with the firmware's variables, which outlasts the machine; made when it is not there. Null: a copy for this machine alone.</summary>
    public string? VariableStore { get; init; }

    /// <summary>It has flash memory, where its firmware keeps variables.</summary>
    public bool HasFlash { get; init; } = true;

    /// <summary>What it starts from.</summary>
    public Medium Medium { get; init; } = Medium.Usb;

    /// <summary>The stick comes first in the firmware's boot order, whatever else there is.</summary>
    public bool StartsFromStick { get; init; } = true;

    /// <summary>OVMF's code; null for the installed one.</summary>
    public string? Firmware { get; init; }

    /// <summary>QEMU; null for the one that all tests use.</summary>
    public string? Program { get; init; }

    /// <summary>A Linux kernel that QEMU starts by itself, in place of firmware and stick; null: none.</summary>
    public string? Kernel { get; init; }

    /// <summary>More arguments for QEMU.</summary>
    public string[] Arguments { get; init; } = [];
}
