namespace HyperCore.Efi.Vmx;

/// <summary>Reads model-specific registers: those of the processor, or of a test.</summary>
internal abstract class MsrReader
{
    /// <summary>RDMSR of a register that exists.</summary>
    public abstract ulong Read(uint msr);
}
