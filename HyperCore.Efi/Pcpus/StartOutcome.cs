namespace HyperCore.Efi.Pcpus;

/// <summary>What became of a processor that the firmware lists.</summary>
internal enum StartOutcome
{
    /// <summary>It is a pCPU.</summary>
    Online,

    /// <summary>The boot processor's local APIC cannot name it.</summary>
    Unreachable,

    /// <summary>It did not answer.</summary>
    Silent,

    /// <summary>It lacks what the boot processor has.</summary>
    Refused,

    /// <summary>It was ready but did not answer a kick.</summary>
    Deaf,
}
