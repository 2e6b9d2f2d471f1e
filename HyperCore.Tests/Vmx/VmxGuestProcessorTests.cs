using HyperCore.Core.Processor;
using HyperCore.Efi.Vmx;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class VmxGuestProcessorTests
{
    private readonly FakeMsrs _msrs = FakeMsrs.Skylake();

    [Theory]
    [InlineData(7u, 0u)]
    [InlineData(0xDu, 1u)]
    [InlineData(0x8000_0001u, 0u)]
    [InlineData(1u, 0u)]
    public void Cpuid_AllControlsOffered_IsTheProcessors(uint leaf, uint subleaf)
    {
        FakeHostProcessor host = FakeHostProcessor.AllOnes();

        Assert.Equal(host.Cpuid(leaf, subleaf), new VmxGuestProcessor(host, new VmxCapabilities(_msrs)).Cpuid(leaf, subleaf));
    }

    [Theory]
    [InlineData(SecondaryControl.EnableInvpcid, 7u, 0u, 0u, 1u << 10, 0u, 0u)]
    [InlineData(SecondaryControl.EnableXsaves, 0xDu, 1u, 1u << 3, 0u, 0u, 0u)]
    [InlineData(SecondaryControl.EnableRdtscp, 0x8000_0001u, 0u, 0u, 0u, 0u, 1u << 27)]
    [InlineData(SecondaryControl.EnableRdtscp, 7u, 0u, 0u, 0u, 1u << 22, 0u)]
    public void Cpuid_ControlMissing_HidesTheInstruction(uint control, uint leaf, uint subleaf, uint eax, uint ebx, uint ecx, uint edx)
    {
        _msrs[VmxMsr.SecondaryControls] &= ~((ulong)control << 32);

        CpuidResult result = new VmxGuestProcessor(FakeHostProcessor.AllOnes(), new VmxCapabilities(_msrs)).Cpuid(leaf, subleaf);

        Assert.Equal(FakeHostProcessor.Registers(~eax, ~ebx, ~ecx, ~edx), result);
    }
}
