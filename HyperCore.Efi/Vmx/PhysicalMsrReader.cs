using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Vmx;

/// <summary>The registers of the processor that runs the caller.</summary>
internal sealed class PhysicalMsrReader : MsrReader
{
    /// <inheritdoc/>
    public override ulong Read(uint msr) => Intrinsics.ReadMsr(msr);
}
