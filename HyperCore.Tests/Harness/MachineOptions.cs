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

    /// <summary>A Linux kernel that QEMU starts by itself, in place of firmware and stick; null: none.</summary>
    public string? Kernel { get; init; }

    /// <summary>More arguments for QEMU.</summary>
    public string[] Arguments { get; init; } = [];
}
