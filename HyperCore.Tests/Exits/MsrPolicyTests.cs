using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed class MsrPolicyTests
{
    private const uint Efer = 0xC000_0080;
    private const uint Pat = 0x277;

    private readonly ExitGuest _guest = new();

    [Theory]
    [InlineData(0u)]
    [InlineData(0x3Au)] // FEATURE_CONTROL: no VMX
    [InlineData(0x48u)] // SPEC_CTRL is not shown by CPUID
    [InlineData(0x300u)]
    [InlineData(0x480u)]
    [InlineData(0xC000_0104u)] // TSC ratio
    [InlineData(0xC001_0117u)] // VM_HSAVE_PA
    [InlineData(0xC001_0020u)]
    [InlineData(0xC001_0130u)] // SEV-ES GHCB
    [InlineData(0x4000_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void UnknownRegister_IsRefused(uint msr)
    {
        Assert.False(_guest.Msrs.TryRead(msr, out _));
        Assert.False(_guest.Msrs.TryWrite(msr, 0));
    }

    [Theory]
    [InlineData(0xFEu, 0x508ul)] // MTRRcap
    [InlineData(0x179u, 0ul)] // MCG_CAP: no banks
    [InlineData(0x8Bu, 0ul)]
    [InlineData(0x1D9u, 0ul)]
    [InlineData(0xC001_0114u, 0x18ul)] // VM_CR: SVM disabled and locked
    [InlineData(0xC001_001Fu, 0ul)]
    public void KnownRegister_ReadsAsTheVirtualMachineHasIt(uint msr, ulong expected) => Assert.Equal(expected, Read(msr));

    [Fact]
    public void ApicBase_IsTheBootProcessorsAndEnabled() => Assert.Equal(0xFEE0_0900ul, Read(0x1B));

    [Fact]
    public void MtrrCapabilities_CannotBeWritten() => Assert.False(_guest.Msrs.TryWrite(0xFE, 0x508));

    [Theory]
    [InlineData(0x1ul)] // SCE
    [InlineData(0x801ul)] // and NXE
    [InlineData(0x4801ul)] // and FFXSR
    [InlineData(0xD01ul)]
    public void Efer_OfferedBits_CanBeSet(ulong value)
    {
        _guest.Cpu.Cr0 = 0x33;
        _guest.Cpu.Efer = 0;

        Assert.True(_guest.Msrs.TryWrite(Efer, value));
        Assert.Equal(value & ~0x400ul, _guest.Cpu.Efer); // LMA is the processor's
    }

    [Theory]
    [InlineData(1ul << 1)]
    [InlineData(1ul << 9)]
    [InlineData(1ul << 12)] // SVME
    [InlineData(1ul << 13)] // LMSLE
    [InlineData(1ul << 15)] // TCE
    [InlineData(1ul << 21)] // AutoIBRS
    [InlineData(1ul << 63)]
    public void Efer_BitThatIsNotOffered_IsRefused(ulong bit)
    {
        ulong before = _guest.Cpu.Efer;

        Assert.False(_guest.Msrs.TryWrite(Efer, before | bit));
        Assert.Equal(before, _guest.Cpu.Efer);
    }

    [Fact]
    public void Efer_NxeOnProcessorWithoutIt_IsRefused()
    {
        var guest = new ExitGuest(FakeHostProcessor.Epyc((leaf, _, r) =>
        {
            r.Edx &= leaf == 0x8000_0001 ? ~(1u << 20) : uint.MaxValue;
            return r;
        }));

        Assert.False(guest.Msrs.TryWrite(Efer, guest.Cpu.Efer | 0x800));
    }

    [Fact]
    public void Efer_LmeWhilePaging_CannotChange()
    {
        _guest.Cpu.EnterLongMode(paging: true);

        Assert.False(_guest.Msrs.TryWrite(Efer, 0x801));
        Assert.True(_guest.Msrs.TryWrite(Efer, 0xD00));
        Assert.Equal(0xD00ul, _guest.Cpu.Efer);
    }

    [Fact]
    public void Efer_LongModeActive_IsKeptWhateverIsWritten()
    {
        _guest.Cpu.EnterLongMode(paging: true);

        Assert.True(_guest.Msrs.TryWrite(Efer, 0x901));
        Assert.Equal(0xD01ul, _guest.Cpu.Efer);
    }

    [Theory]
    [InlineData(0x0007_0406_0007_0406ul, true)]
    [InlineData(0x0007_0105_0007_0406ul, true)]
    [InlineData(0x0007_0206_0007_0406ul, false)] // types 2 and 3 are reserved
    [InlineData(0x0307_0406_0007_0406ul, false)]
    [InlineData(0x0807_0406_0007_0406ul, false)]
    [InlineData(0x0007_0406_0007_0486ul, false)]
    public void Pat_TakesOnlyMemoryTypesThatExist(ulong value, bool taken)
    {
        ulong before = _guest.Cpu.Pat;

        Assert.Equal(taken, _guest.Msrs.TryWrite(Pat, value));
        Assert.Equal(taken ? value : before, _guest.Cpu.Pat);
        Assert.Equal(_guest.Cpu.Pat, Read(Pat));
    }

    [Fact]
    public void Tsc_Write_MovesTheGuestsOffsetOnly()
    {
        _guest.Clock.Set(1_000_000);

        Assert.True(_guest.Msrs.TryWrite(0x10, 5));

        Assert.Equal(unchecked(5ul - 1_000_000), _guest.Cpu.TscOffset);
        _guest.Clock.Advance(100);
        Assert.Equal(105ul, Read(0x10));
    }

    [Fact]
    public void TscAux_Value_IsKept()
    {
        Assert.True(_guest.Msrs.TryWrite(0xC000_0103, 0x1234));
        Assert.Equal(0x1234ul, Read(0xC000_0103));
    }

    [Fact]
    public void TscAux_MoreThan32Bits_IsRefusedAndChangesNothing()
    {
        _guest.Msrs.TryWrite(0xC000_0103, 7);

        Assert.False(_guest.Msrs.TryWrite(0xC000_0103, 0x1_0000_0001));
        Assert.Equal(7ul, Read(0xC000_0103));
    }

    [Fact]
    public void McgStatus_CanOnlyBeCleared()
    {
        Assert.False(_guest.Msrs.TryWrite(0x17A, 7));
        Assert.Equal(0ul, Read(0x17A));
        Assert.True(_guest.Msrs.TryWrite(0x17A, 0));
    }

    [Fact]
    public void DebugControl_CanOnlyBeSwitchedOff()
    {
        Assert.True(_guest.Msrs.TryWrite(0x1D9, 0));
        Assert.False(_guest.Msrs.TryWrite(0x1D9, 1));
    }

    [Fact]
    public void ExtendedSupervisorState_HasNoComponents()
    {
        Assert.Equal(0ul, Read(0xDA0));
        Assert.True(_guest.Msrs.TryWrite(0xDA0, 0));
        Assert.False(_guest.Msrs.TryWrite(0xDA0, 0x100)); // processor trace
    }

    [Fact]
    public void PredictionCommand_RunsABarrierForTheGuest()
    {
        Assert.True(_guest.Msrs.TryWrite(0x49, 1));
        Assert.Equal(1, _guest.Host.Barriers);
        Assert.True(_guest.Msrs.TryWrite(0x49, 0));
        Assert.Equal(1, _guest.Host.Barriers);
        Assert.False(_guest.Msrs.TryWrite(0x49, 2));
        Assert.False(_guest.Msrs.TryRead(0x49, out _)); // write-only
    }

    [Fact]
    public void PredictionCommand_WithoutTheFeature_IsRefused()
    {
        var guest = new ExitGuest(FakeHostProcessor.Epyc((leaf, _, r) => leaf == 0x8000_0008 ? FakeHostProcessor.Registers(0x3030, 0, 0, 0) : r));

        Assert.False(guest.Msrs.TryWrite(0x49, 1));
        Assert.Equal(0, guest.Host.Barriers);
    }

    [Fact]
    public void AmdRegisters_OnIntel_DoNotExist()
    {
        var guest = new ExitGuest(FakeHostProcessor.Epyc((leaf, _, r) =>
        {
            r.Ebx = leaf == 0 ? 0x756E_6547u : r.Ebx; // "Genu"
            return r;
        }));

        Assert.False(guest.Msrs.TryRead(0xC001_0015, out _));
        Assert.False(guest.Msrs.TryWrite(0xC001_0015, 0));
        Assert.True(guest.Msrs.TryRead(0x1A0, out ulong enable));
        Assert.Equal(1ul, enable);
        Assert.False(_guest.Msrs.TryRead(0x1A0, out _));
    }

    [Fact]
    public void HardwareConfiguration_ReadsBackUntilReset()
    {
        Assert.True(_guest.Msrs.TryWrite(0xC001_0015, 0x0100_0010));
        Assert.Equal(0x0100_0010ul, Read(0xC001_0015));
        _guest.Msrs.Reset();
        Assert.Equal(0ul, Read(0xC001_0015));
    }

    [Fact]
    public void X2ApicRegisters_NeedX2ApicMode()
    {
        Assert.False(_guest.Msrs.TryRead(0x802, out _));
        Assert.True(_guest.Msrs.TryWrite(0x1B, 0xFEE0_0D00));
        Assert.True(_guest.Msrs.TryRead(0x802, out ulong id));
        Assert.Equal(0ul, id);
    }

    [Fact]
    public void Mtrr_IllegalValue_IsRefused()
    {
        Assert.False(_guest.Msrs.TryWrite(0x2FF, 0xC02));
        Assert.Equal(0xC06ul, Read(0x2FF));
    }

    private ulong Read(uint msr)
    {
        Assert.True(_guest.Msrs.TryRead(msr, out ulong value));
        return value;
    }
}
