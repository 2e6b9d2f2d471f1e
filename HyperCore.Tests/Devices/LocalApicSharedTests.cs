using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

/// <summary>A local APIC whose registers the processor uses too. The tests play the processor: they change the page behind the local APIC's back.</summary>
public sealed class LocalApicSharedTests
{
    private const uint SelfShorthand = 0x4_0000;

    private readonly ApicBus _bus = new();
    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly ApicRegisterPage _page = TestApicPage.Create(isUsedByProcessor: true);
    private readonly LocalApic _apic;

    public LocalApicSharedTests()
    {
        _apic = new LocalApic(0, _bus, _clock, _timers, _page);
        WriteAsGuest(ApicRegister.SpuriousVector, 0x1FF);
        _apic.ServiceNeeded = false;
    }

    [Fact]
    public void PowerOn_PageHasWhatReadsShow()
    {
        for (uint register = 0; register < ApicRegisterPage.Size; register += 0x10)
        {
            bool isVirtualized = register is ApicRegister.Id or ApicRegister.Version or ApicRegister.TaskPriority or ApicRegister.LogicalDestination
                or ApicRegister.DestinationFormat or ApicRegister.SpuriousVector or (>= ApicRegister.InService and <= ApicRegister.ErrorStatus)
                or (>= ApicRegister.InterruptCommandLow and <= ApicRegister.InitialCount) or ApicRegister.DivideConfiguration;
            if (isVirtualized)
            {
                Assert.Equal(_apic.ReadMmio(register, 4), _page[register]);
            }
        }

        Assert.Equal(0x0005_0014u, _page[ApicRegister.Version]);
    }

    [Fact]
    public void Accept_VectorOfAnother_StaysOutOfThePageUntilItIsTaken()
    {
        Deliver(0x41);

        Assert.Equal(0u, _page[ApicRegister.InterruptRequest + 0x20]);
        Assert.True(_apic.ServiceNeeded);
        Assert.Equal(0x41, _apic.PendingVector); // for who looks whether to wake the vCPU
        _apic.TakePosted();
        Assert.Equal(2u, _page[ApicRegister.InterruptRequest + 0x20]);
        Assert.Equal(0x41, _apic.PendingVector);
    }

    [Fact]
    public void TakePosted_EachTriggerMode_ShowsInTmr()
    {
        Deliver(0x41, isLevel: true);
        Deliver(0xFE, isLevel: true);
        Deliver(0xFE);
        _apic.TakePosted();

        Assert.True(_page.Contains(ApicRegister.TriggerMode, 0x41));
        Assert.False(_page.Contains(ApicRegister.TriggerMode, 0xFE)); // as it came last
        Assert.Equal(0xFE, _page.Highest(ApicRegister.InterruptRequest));
        Deliver(0x41);
        _apic.TakePosted();
        Assert.False(_page.Contains(ApicRegister.TriggerMode, 0x41));
    }

    [Fact]
    public void PendingVector_ProcessorHasTakenIt_FollowsThePage()
    {
        Deliver(0x41);
        _apic.TakePosted();
        DeliverAsProcessor(0x41);

        Assert.Equal(-1, _apic.PendingVector);
        Deliver(0x35);
        Assert.Equal(-1, _apic.PendingVector);
        Deliver(0x52);
        Assert.Equal(0x52, _apic.PendingVector);
    }

    [Fact]
    public void OnInterruptEnded_LevelOfTheIoApic_ClearsItsRemoteIrrAndAsksAgain()
    {
        var ioApic = new IoApic(_bus);
        ioApic.WriteMmio(0, 4, 0x10 + (2 * 5));
        ioApic.WriteMmio(0x10, 4, 0x8000 | 0x61);
        ioApic.SetPin(5, true);
        _apic.TakePosted();
        DeliverAsProcessor(0x61);
        _page.Remove(ApicRegister.InService, 0x61);
        _apic.OnInterruptEnded(0x61);

        _apic.TakePosted();
        Assert.True(_page.Contains(ApicRegister.InterruptRequest, 0x61)); // still asserted
        ioApic.SetPin(5, false);
        _page.Remove(ApicRegister.InterruptRequest, 0x61);
        _apic.OnInterruptEnded(0x61);
        _apic.TakePosted();
        Assert.False(_page.Contains(ApicRegister.InterruptRequest, 0x61));
    }

    [Fact]
    public void OnInterruptEnded_LevelOnLint0_ShowsRemoteIrr()
    {
        WriteAsGuest(ApicRegister.LvtLint0, 0x8000 | 0x51);
        _apic.SetLint0(true);
        Assert.Equal(0x8051u, _page[ApicRegister.LvtLint0]); // by another pCPU: not in the page yet
        _apic.TakePosted();
        Assert.Equal(0xC051u, _page[ApicRegister.LvtLint0]);
        WriteAsGuest(ApicRegister.LvtLint0, 0x8000 | 0x51);
        Assert.Equal(0xC051u, _page[ApicRegister.LvtLint0]); // software cannot clear it
        _apic.SetLint0(false);
        _apic.OnInterruptEnded(0x51);
        Assert.Equal(0x8051u, _page[ApicRegister.LvtLint0]);
    }

    // What the register shows after a write of ones.
    [Theory]
    [InlineData(ApicRegister.Id, 0xFF00_0000u)]
    [InlineData(ApicRegister.LogicalDestination, 0xFF00_0000u)]
    [InlineData(ApicRegister.DestinationFormat, 0xFFFF_FFFFu)]
    [InlineData(ApicRegister.SpuriousVector, 0x3FFu)]
    [InlineData(ApicRegister.ErrorStatus, 0u)]
    [InlineData(ApicRegister.InterruptCommandLow, 0x000C_CFFFu)]
    [InlineData(ApicRegister.InterruptCommandHigh, 0xFF00_0000u)]
    [InlineData(ApicRegister.LvtTimer, 0x7_00FFu)]
    [InlineData(ApicRegister.LvtThermal, 0x1_07FFu)]
    [InlineData(ApicRegister.LvtPerformance, 0x1_07FFu)]
    [InlineData(ApicRegister.LvtLint0, 0x1_A7FFu)]
    [InlineData(ApicRegister.LvtLint1, 0x1_A7FFu)]
    [InlineData(ApicRegister.LvtError, 0x1_00FFu)]
    [InlineData(ApicRegister.InitialCount, 0xFFFF_FFFFu)]
    [InlineData(ApicRegister.DivideConfiguration, 0xBu)]
    public void OnRegisterWritten_Ones_AreMadeWhatTheRegisterHolds(uint register, uint expected)
    {
        WriteAsGuest(register, uint.MaxValue);

        Assert.Equal(expected, _page[register]);
        Assert.Equal(expected, (uint)_apic.ReadMmio(register, 4));
    }

    [Theory]
    [InlineData(ApicRegister.Version)]
    [InlineData(ApicRegister.InService + 0x20)]
    [InlineData(ApicRegister.InterruptRequest)]
    [InlineData(ApicRegister.CurrentCount)]
    public void WriteMmio_ReadOnlyRegister_ChangesNothing(uint register)
    {
        uint before = _page[register];
        _apic.WriteMmio(register, 4, uint.MaxValue);

        Assert.Equal(before, _page[register]);
    }

    [Fact]
    public void OnRegisterWritten_SoftwareDisabled_MasksTheLvt()
    {
        WriteAsGuest(ApicRegister.LvtError, 0x55);
        WriteAsGuest(ApicRegister.SpuriousVector, 0xFF);

        Assert.Equal(0x1_0055u, _page[ApicRegister.LvtError]);
        Assert.False(Deliver(0x41));
    }

    [Fact]
    public void OnRegisterWritten_InterruptCommand_SendsIt()
    {
        var other = new LocalApic(1, _bus, _clock, _timers, TestApicPage.Create());
        other.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        _page[ApicRegister.InterruptCommandHigh] = 0x0100_0000; // without an exit
        WriteAsGuest(ApicRegister.InterruptCommandLow, 0x4000 | 0x77);

        Assert.Equal(0x77, other.PendingVector);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void OnRegisterWritten_InitialCountInDeadlineMode_ReadsZero()
    {
        WriteAsGuest(ApicRegister.LvtTimer, (2 << 17) | 0x42);
        WriteAsGuest(ApicRegister.InitialCount, 1000);

        Assert.Equal(0u, _page[ApicRegister.InitialCount]);
        WriteAsGuest(ApicRegister.LvtTimer, 0x42);
        WriteAsGuest(ApicRegister.InitialCount, 1000);
        WriteAsGuest(ApicRegister.LvtTimer, (2 << 17) | 0x42);
        Assert.Equal(0u, _page[ApicRegister.InitialCount]); // the mode disarms the timer
    }

    [Fact]
    public void OnRegisterWritten_SelfIpiOfAnIllegalVector_IsAnError()
    {
        EnterX2Apic();
        _page[ApicRegister.SelfIpi] = 5;
        _apic.OnRegisterWritten(ApicRegister.SelfIpi);
        Assert.True(_apic.TryWriteMsr(0x828, 0));

        Assert.Equal((uint)ApicError.SendIllegalVector, _page[ApicRegister.ErrorStatus]);
    }

    [Fact]
    public void TimerExpired_IsPosted()
    {
        WriteAsGuest(ApicRegister.LvtTimer, 0x42);
        WriteAsGuest(ApicRegister.InitialCount, 100);
        _clock.Advance(1000);
        _timers.FireDue(_clock.Now);

        Assert.Equal(0u, _page[ApicRegister.InterruptRequest + 0x20]);
        _apic.TakePosted();
        Assert.True(_page.Contains(ApicRegister.InterruptRequest, 0x42));
    }

    [Fact]
    public void Access_EachMode_IsWhatTheBaseSays()
    {
        Assert.Equal(ApicAccess.Page, _apic.Access);
        EnterX2Apic();
        Assert.Equal(ApicAccess.Msrs, _apic.Access);
        Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0000));
        Assert.Equal(ApicAccess.None, _apic.Access);
        Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0800));
        Assert.Equal(ApicAccess.Page, _apic.Access);
    }

    [Fact]
    public void X2Apic_RequestsAndPriorities_GoWithIt()
    {
        Deliver(0x41);
        _apic.TakePosted();
        Deliver(0x63);
        _page[ApicRegister.TaskPriority] = 0x70; // CR8
        EnterX2Apic();

        Assert.True(_apic.TryReadMsr(0x808, out ulong taskPriority));
        Assert.Equal(0x70ul, taskPriority);
        Assert.True(_page.Contains(ApicRegister.InterruptRequest, 0x41));
        _apic.TakePosted();
        Assert.True(_page.Contains(ApicRegister.InterruptRequest, 0x63));
        Assert.Equal((0u, 1u), (_page[ApicRegister.Id], _page[ApicRegister.LogicalDestination]));
        Assert.True(_apic.TryWriteMsr(0x830, (7ul << 32) | 0x41));
        Assert.Equal((0x41u, 7u), (_page[0x300], _page[0x304])); // as the processor reads it
    }

    [Fact]
    public void Disabled_ForgetsEverything()
    {
        Deliver(0x41);
        _apic.TakePosted();
        Deliver(0x63);
        Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0000));
        _apic.TakePosted();

        Assert.Equal(-1, _page.Highest(ApicRegister.InterruptRequest));
        Assert.Equal(0xFFFF_FFFF_FFFF_FFFF, _apic.ReadMmio(ApicRegister.Version, 4));
    }

    [Fact]
    public void ArbitrationPriority_PostedVector_Counts()
    {
        Deliver(0x91);

        Assert.Equal(0x90ul, _apic.ReadMmio(ApicRegister.ArbitrationPriority, 4));
    }

    // The highest of a set by looking at every vector.
    [Fact]
    public void Highest_AnySet_IsTheLastOne() =>
        Gen.Byte.Array[0, 6].Sample(vectors =>
        {
            ApicRegisterPage page = TestApicPage.Create();
            int highest = -1;
            foreach (byte vector in vectors)
            {
                page.Add(ApicRegister.InService, vector);
                highest = System.Math.Max(highest, vector);
            }

            Assert.Equal(highest, page.Highest(ApicRegister.InService));
            for (int vector = 0; vector < 256; vector++)
            {
                bool isIn = (page.Word(ApicRegister.InService, vector >> 6) >> (vector & 63) & 1) != 0;
                Assert.Equal(System.Array.IndexOf(vectors, (byte)vector) >= 0, isIn);
                Assert.Equal(isIn, page.Contains(ApicRegister.InService, vector));
            }
        });

    private bool Deliver(byte vector, bool isLevel = false) =>
        _bus.Deliver(new InterruptMessage(DeliveryMode.Fixed, vector, 0, logicalDestination: false, levelTriggered: isLevel));

    // Intel SDM vol. 3C, 30.2.2.
    private void DeliverAsProcessor(int vector)
    {
        _page.Remove(ApicRegister.InterruptRequest, vector);
        _page.Add(ApicRegister.InService, vector);
        _page[ApicRegister.ProcessorPriority] = (uint)vector & 0xF0;
    }

    private void WriteAsGuest(uint register, uint value)
    {
        _page[register] = value;
        _apic.OnRegisterWritten(register);
    }

    private void EnterX2Apic() => Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0C00));
}
