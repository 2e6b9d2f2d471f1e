namespace HyperCore.Tests.Harness;

/// <summary>The machine that Bochs plays: i440fx, an IDE disk, no screen.</summary>
internal sealed record BochsOptions
{
    /// <summary>AMD SVM with nested paging, NRIP save and flush by ASID.</summary>
    public const string Ryzen = "ryzen";

    /// <summary>Intel VMX with all that HyperCore uses: unrestricted guest, EPT with 1 GiB pages, VPID.</summary>
    public const string Skylake = "corei7_skylake_x";

    /// <summary>The same, another generation.</summary>
    public const string Haswell = "corei7_haswell_4770";

    /// <summary>The same, a later generation.</summary>
    public const string TigerLake = "tigerlake";

    /// <summary>The same, without 1 GiB pages in EPT.</summary>
    public const string SandyBridge = "corei7_sandy_bridge_2600k";

    /// <summary>VMX with EPT, without unrestricted guest.</summary>
    public const string Lynnfield = "corei5_lynnfield_750";

    /// <summary>VMX without EPT.</summary>
    public const string Penryn = "core2_penryn_t9600";

    /// <summary>Which Bochs.</summary>
    public BochsVersion Version { get; init; }

    /// <summary>Bochs's processor model.</summary>
    public string Cpu { get; init; } = Ryzen;

    /// <summary>Processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Memory in MiB.</summary>
    public int Megabytes { get; init; } = 512;

    /// <summary>More settings, as lines of a bochsrc; a later one counts.</summary>
    public string[] Settings { get; init; } = [];
}
