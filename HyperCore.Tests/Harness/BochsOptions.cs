namespace HyperCore.Tests.Harness;

/// <summary>The machine that Bochs plays: i440fx, an IDE disk, no screen.</summary>
internal sealed record BochsOptions
{
    /// <summary>AMD SVM with nested paging, NRIP save and flush by ASID.</summary>
    public const string Ryzen = "ryzen";

    /// <summary>Bochs's processor model.</summary>
    public string Cpu { get; init; } = Ryzen;

    /// <summary>Processors.</summary>
    public int Processors { get; init; } = 1;

    /// <summary>Memory in MiB.</summary>
    public int Megabytes { get; init; } = 512;

    /// <summary>More settings, as lines of a bochsrc; a later one counts.</summary>
    public string[] Settings { get; init; } = [];
}
