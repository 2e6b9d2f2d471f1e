using HyperCore.Core.Processor;
using HyperCore.Efi.Vmx;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class VmxAvailabilityTests
{
    private const uint Intel = 0x756E_6547;
    private const uint Vmx = 1 << 5;

    private readonly FakeMsrs _msrs = FakeMsrs.Skylake();

    [Fact]
    public void WhyNot_Skylake_IsNull() => Assert.Null(WhyNot());

    [Fact]
    public void WhyNot_NoVmx_ReadsNoRegister() =>
        Assert.Contains("has no Intel VMX", VmxAvailability.WhyNot(Processor(0), new FakeMsrs()));

    [Theory]
    [InlineData(0ul, true, true)] // unlocked: to be set and locked
    [InlineData(4ul, true, true)]
    [InlineData(5ul, true, false)]
    [InlineData(1ul, false, false)] // locked off
    [InlineData(3ul, false, false)] // allowed inside SMX only
    public void WhyNot_FeatureControl_FollowsTheLock(ulong featureControl, bool isAvailable, bool mustUnlock)
    {
        _msrs[VmxMsr.FeatureControl] = featureControl;

        Assert.Equal(mustUnlock, VmxAvailability.MustUnlock(featureControl));
        if (isAvailable)
        {
            Assert.Null(WhyNot());
        }
        else
        {
            Assert.Contains("locked off by the firmware", WhyNot());
        }
    }

    [Theory]
    [InlineData(SecondaryControl.EnableEpt, "no extended page tables (EPT)")]
    [InlineData(SecondaryControl.UnrestrictedGuest, "no unrestricted guest")]
    public void WhyNot_MissingSecondaryControl_IsNamed(uint control, string words)
    {
        _msrs[VmxMsr.SecondaryControls] &= ~((ulong)control << 32);

        Assert.Contains(words, WhyNot());
    }

    [Fact]
    public void WhyNot_NoSecondaryControls_ReadsNoneOfTheirRegisters()
    {
        _msrs[VmxMsr.TrueProcessorControls] &= ~((ulong)ProcessorControl.ActivateSecondaryControls << 32);
        _msrs.Remove(VmxMsr.SecondaryControls);
        _msrs.Remove(VmxMsr.EptVpidCapabilities);

        Assert.Contains("no extended page tables (EPT)", WhyNot());
    }

    [Theory]
    [InlineData(6, "four levels")]
    [InlineData(14, "write-back")]
    [InlineData(16, "2 MiB pages")]
    [InlineData(20, "INVEPT")]
    public void WhyNot_PoorEpt_IsNamed(int bit, string words)
    {
        _msrs[VmxMsr.EptVpidCapabilities] &= ~(1ul << bit);

        Assert.Contains(words, WhyNot());
    }

    [Fact]
    public void WhyNot_Cr3MustExit_IsNamed()
    {
        _msrs[VmxMsr.TrueProcessorControls] |= ProcessorControl.Cr3LoadExiting;

        Assert.Contains("CR3", WhyNot());
    }

    [Theory]
    [InlineData(0u, null)]
    [InlineData(VmxMsr.TrueEntryControls, "not the boot processor's")]
    [InlineData(VmxMsr.SecondaryControls, "not the boot processor's")]
    [InlineData(VmxMsr.EptVpidCapabilities, "not the boot processor's")]
    public void WhyNot_AnotherProcessor_IsComparedWithTheFirst(uint different, string? words)
    {
        var boot = new VmxCapabilities(_msrs);
        if (different != 0)
        {
            _msrs[different] ^= 1ul << 40;
        }

        string? reason = VmxAvailability.WhyNot(Processor(Vmx), _msrs, boot);

        Assert.Equal(words == null, reason == null);
        Assert.Contains(words ?? "", reason ?? "");
    }

    [Theory]
    [InlineData(Vmx, Intel, true)]
    [InlineData(0u, Intel, true)] // to say that VMX is missing
    [InlineData(0u, FakeHostProcessor.AuthEbx, false)]
    public void IsChosen_ByWhatIsThere(uint features, uint vendor, bool expected) =>
        Assert.Equal(expected, VmxAvailability.IsChosen(Processor(features, vendor)));

    private static FakeHostProcessor Processor(uint features, uint vendor = Intel) => new((leaf, _) => leaf switch
    {
        0 => new CpuidResult { Eax = 0x16, Ebx = vendor },
        1 => new CpuidResult { Ecx = features },
        _ => default,
    });

    private string? WhyNot() => VmxAvailability.WhyNot(Processor(Vmx), _msrs);
}
