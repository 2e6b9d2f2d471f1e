namespace HyperCore.Core.Firmware;

/// <summary>Whose variables are meant: the vendor GUID, UEFI 2.10, 8.2.</summary>
public enum VariableOwner
{
    /// <summary>EFI_GLOBAL_VARIABLE, the specification's own: Boot####, BootOrder (UEFI 2.10, 3.3).</summary>
    Global,

    /// <summary>HyperCore's own, 37054e8f-3981-4909-8768-045ad5208198.</summary>
    HyperCore,
}
