using System.Linq;

namespace HyperCore.Tests.Harness;

/// <summary>An emulator with a processor model: one of the machines on which the same test is carried out. Exactly one of the options is there.</summary>
/// <param name="Name">What a test's output calls it.</param>
/// <param name="Virtualization">What HyperCore's first line has to call it: <c>svm</c> or <c>vmx</c>.</param>
/// <param name="Qemu">QEMU's machine.</param>
/// <param name="Bochs">Bochs's machine.</param>
internal sealed record BackEnd(string Name, string Virtualization, MachineOptions? Qemu, BochsOptions? Bochs)
{
    /// <summary>All of them.</summary>
    public static BackEnd[] All { get; } =
    [
        new("qemu", "svm", new MachineOptions(), null),
        OnBochs("ryzen", "svm", BochsOptions.Ryzen),
        OnBochs("skylake", "vmx", BochsOptions.Skylake),
        OnBochs("haswell", "vmx", BochsOptions.Haswell),
        OnBochs("tigerlake", "vmx", BochsOptions.TigerLake),
        OnBochs("sandy-bridge", "vmx", BochsOptions.SandyBridge),

        // Another firmware: no ACPI tables, and VMX neither switched on nor locked.
        new("skylake-bochs-2.7", "vmx", null, new BochsOptions { Cpu = BochsOptions.Skylake, Version = BochsVersion.V27 }),
    ];

    /// <summary>Finds one by its name.</summary>
    public static BackEnd Named(string name) => All.Single(backEnd => backEnd.Name == name);

    /// <summary>The same with so many processors and so much memory.</summary>
    public BackEnd With(int processors, int megabytes) => this with
    {
        Qemu = Qemu is null ? null : Qemu with { Processors = processors, Memory = $"{megabytes}M" },
        Bochs = Bochs is null ? null : Bochs with { Processors = processors, Megabytes = megabytes },
    };

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static BackEnd OnBochs(string name, string virtualization, string cpu) => new(name, virtualization, null, new BochsOptions { Cpu = cpu });
}
