namespace HyperCore.Efi.Vmx;

/// <summary>Reads the fields of a VMCS: the current one, or one of a test.</summary>
internal abstract class VmcsReader
{
    /// <summary>VMREAD.</summary>
    public abstract ulong Read(uint field);
}
