using HyperCore.Efi.Cpu;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi.Vmx;

/// <summary>The registers of the processor that runs the caller.</summary>
internal sealed class PhysicalMsrReader : MsrReader
{
    /// <inheritdoc/>
    public override ulong Read(uint msr) =>
        msr == VmxMsr.FeatureControl && TestSwitches.IsVmxLocked ? VmxMsr.FeatureControlLock : Intrinsics.ReadMsr(msr);
}
