using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class LocalApicTests
{
    private readonly ApicBus _bus = new();
    private readonly FakeClock _clock = new();
    private readonly TimerSet _timers = new();
    private readonly LocalApic _apic;

    public LocalApicTests()
    {
        _apic = new LocalApic(0, _bus, _clock, _timers, TestApicPage.Create());
        Write(ApicRegister.SpuriousVector, 0x1FF);
        _apic.ServiceNeeded = false;
    }

    [Fact]
    public void PowerOn_RegistersHaveTheManualsValues()
    {
        var apic = new LocalApic(3, new ApicBus(), _clock, _timers, TestApicPage.Create());

        Assert.Equal(0x0300_0000ul, apic.ReadMmio(ApicRegister.Id, 4));
        Assert.Equal(0x0005_0014ul, apic.ReadMmio(ApicRegister.Version, 4));
        Assert.Equal(0xFFul, apic.ReadMmio(ApicRegister.SpuriousVector, 4));
        Assert.Equal(0xFFFF_FFFFul, apic.ReadMmio(ApicRegister.DestinationFormat, 4));
        Assert.Equal(0ul, apic.ReadMmio(ApicRegister.LogicalDestination, 4));
        for (uint lvt = ApicRegister.LvtTimer; lvt <= ApicRegister.LvtError; lvt += 0x10)
        {
            Assert.Equal(0x1_0000ul, apic.ReadMmio(lvt, 4));
        }

        Assert.False(apic.IsBootProcessor);
        Assert.True(apic.WaitingForSipi);
    }

    [Fact]
    public void SelfIpi_SetsRequestBit()
    {
        Write(ApicRegister.InterruptCommandLow, 0x4_0041);

        Assert.Equal(2ul, Read(ApicRegister.InterruptRequest + 0x20));
        Assert.Equal(0x41, _apic.PendingVector);
        Assert.True(_apic.ServiceNeeded);
    }

    [Fact]
    public void Acknowledge_MovesTheVectorToService_AndEoiEndsIt()
    {
        SelfIpi(0x41);
        _apic.Acknowledge(0x41);

        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(2ul, Read(ApicRegister.InService + 0x20));
        Assert.Equal(0x40ul, Read(ApicRegister.ProcessorPriority));

        _apic.ServiceNeeded = false;
        Write(ApicRegister.EndOfInterrupt, 0);
        Assert.Equal(0ul, Read(ApicRegister.InService + 0x20));
        Assert.Equal(0ul, Read(ApicRegister.ProcessorPriority));
        Assert.True(_apic.ServiceNeeded);
    }

    [Fact]
    public void SameClass_WaitsForTheEoi_HigherClassDoesNot()
    {
        SelfIpi(0x41);
        _apic.Acknowledge(0x41);
        SelfIpi(0x4F);
        Assert.Equal(-1, _apic.PendingVector);
        SelfIpi(0x50);
        Assert.Equal(0x50, _apic.PendingVector);
    }

    [Fact]
    public void TaskPriority_HoldsItsClassAndBelowBack()
    {
        SelfIpi(0x5F);
        Write(ApicRegister.TaskPriority, 0x50);
        Assert.Equal(-1, _apic.PendingVector);

        _apic.ServiceNeeded = false;
        _apic.TaskPriority = 0x4F;
        Assert.Equal(0x5F, _apic.PendingVector);
        Assert.True(_apic.ServiceNeeded);
        Assert.Equal(0x4Ful, Read(ApicRegister.TaskPriority));
    }

    [Fact]
    public void SoftwareDisabled_AcceptsNothingFixed_KeepsWhatItHas_MasksTheLvt()
    {
        SelfIpi(0x41);
        Write(ApicRegister.LvtTimer, 0x50);
        Write(ApicRegister.SpuriousVector, 0xFF);

        Assert.False(_bus.Deliver(Fixed(0x60)));
        Assert.Equal(0x41, _apic.PendingVector);
        Assert.Equal(0x1_0050ul, Read(ApicRegister.LvtTimer));
        Write(ApicRegister.LvtTimer, 0x50);
        Assert.Equal(0x1_0050ul, Read(ApicRegister.LvtTimer));
        Assert.True(_bus.Deliver(new InterruptMessage(DeliveryMode.Nmi, 0, 0, false, false)));
        Assert.True(_apic.TakeNmi());
        Assert.False(_apic.TakeNmi());
    }

    [Fact]
    public void IllegalVectors_AreErrorsThatShowAfterAWrite()
    {
        Write(ApicRegister.LvtError, 0xFE);
        SelfIpi(0x0F);
        Assert.Equal(0xFE, _apic.PendingVector);
        Assert.Equal(0ul, Read(ApicRegister.ErrorStatus));
        Write(ApicRegister.ErrorStatus, 0);
        Assert.Equal((ulong)ApicError.SendIllegalVector, Read(ApicRegister.ErrorStatus));

        Assert.False(_bus.Deliver(Fixed(0x05)));
        Write(ApicRegister.ErrorStatus, 0);
        Assert.Equal((ulong)ApicError.ReceiveIllegalVector, Read(ApicRegister.ErrorStatus));

        Read(0x40);
        Write(ApicRegister.ErrorStatus, 0);
        Assert.Equal((ulong)ApicError.IllegalRegisterAddress, Read(ApicRegister.ErrorStatus));
        Write(ApicRegister.ErrorStatus, 0);
        Assert.Equal(0ul, Read(ApicRegister.ErrorStatus));
    }

    [Fact]
    public void IllegalVectorInTheErrorEntry_Ends()
    {
        Write(ApicRegister.LvtError, 0x02);
        SelfIpi(0x0F);
        Write(ApicRegister.ErrorStatus, 0);

        Assert.Equal((ulong)(ApicError.SendIllegalVector | ApicError.ReceiveIllegalVector), Read(ApicRegister.ErrorStatus));
    }

    [Fact]
    public void Mmio_OnlyAligned32BitWritesCount()
    {
        _apic.WriteMmio(ApicRegister.TaskPriority, 1, 0x20);
        _apic.WriteMmio(ApicRegister.TaskPriority, 2, 0x20);
        _apic.WriteMmio(ApicRegister.TaskPriority + 4, 4, 0x20);
        Assert.Equal(0ul, Read(ApicRegister.TaskPriority));

        Assert.Equal(0x05ul, _apic.ReadMmio(ApicRegister.Version + 2, 1));
        Assert.Equal(0ul, _apic.ReadMmio(ApicRegister.Version + 4, 4));
    }

    [Fact]
    public void DeliveryStatus_ReadsIdle_AndReservedBitsStayClear()
    {
        Write(ApicRegister.InterruptCommandHigh, 0xFFFF_FFFF);
        Write(ApicRegister.InterruptCommandLow, 0xFFFF_F641);

        Assert.Equal(0xFF00_0000ul, Read(ApicRegister.InterruptCommandHigh));
        Assert.Equal(0x000C_C641ul, Read(ApicRegister.InterruptCommandLow));
    }

    [Fact]
    public void Lint0_ExtIntMode_ShowsThe8259()
    {
        _apic.SetLint0(true);
        Assert.False(_apic.ExternalInterruptPending);

        _apic.ServiceNeeded = false;
        Write(ApicRegister.LvtLint0, 0x700);
        Assert.True(_apic.ExternalInterruptPending);
        Assert.True(_apic.ServiceNeeded);

        Write(ApicRegister.LvtLint0, 0x1_0700);
        Assert.False(_apic.ExternalInterruptPending);
        Write(ApicRegister.LvtLint0, 0x700);
        _apic.SetLint0(false);
        Assert.False(_apic.ExternalInterruptPending);
    }

    [Fact]
    public void Lint0_ExtIntMode_RisingPinAsksForService()
    {
        Write(ApicRegister.LvtLint0, 0x700);
        _apic.ServiceNeeded = false;
        _apic.Lint0.Set(true);

        Assert.True(_apic.ServiceNeeded);
        Assert.True(_apic.ExternalInterruptPending);
    }

    [Fact]
    public void Lint0_FixedEdge_DeliversItsVectorOncePerEdge()
    {
        Write(ApicRegister.LvtLint0, 0x33);
        _apic.Lint0.Pulse();
        Assert.Equal(0x33, _apic.PendingVector);
        Serve(0x33);

        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Lint0_FixedLevel_AsksAgainAtTheEoi()
    {
        Write(ApicRegister.LvtLint0, 0x8033);
        _apic.SetLint0(true);
        Assert.Equal(0xC033ul, Read(ApicRegister.LvtLint0));
        Serve(0x33);
        Assert.Equal(0x33, _apic.PendingVector);

        _apic.SetLint0(false);
        Serve(0x33);
        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(0x8033ul, Read(ApicRegister.LvtLint0));
    }

    [Fact]
    public void Lint1_NmiMode_LatchesAnNmi()
    {
        Write(ApicRegister.LvtLint1, 0x400);
        _apic.Lint1.Pulse();

        Assert.True(_apic.NmiPending);
        Assert.True(_apic.ServiceNeeded);
    }

    [Fact]
    public void VirtualWire_PassesThe8259Through()
    {
        _apic.Reset();
        _apic.ConfigureVirtualWire();
        _apic.SetLint0(true);

        Assert.True(_apic.ExternalInterruptPending);
        Assert.Equal(0x10Ful, Read(ApicRegister.SpuriousVector));
        Assert.Equal(0x400ul, Read(ApicRegister.LvtLint1));
    }

    [Fact]
    public void GloballyDisabled_PinsAreIntrAndNmi_AndThePageIsDead()
    {
        SelfIpi(0x41);
        Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0000));

        Assert.Equal(-1, _apic.PendingVector);
        Assert.Equal(0xFFFF_FFFF_FFFF_FFFFul, Read(ApicRegister.Version));
        Assert.False(_bus.Deliver(Fixed(0x41)));
        _apic.SetLint0(true);
        Assert.True(_apic.ExternalInterruptPending);
        _apic.SetLint1(true);
        Assert.True(_apic.TakeNmi());

        Assert.True(_apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0800));
        Assert.Equal(0xFFul, Read(ApicRegister.SpuriousVector));
        Assert.False(_apic.ExternalInterruptPending);
    }

    [Fact]
    public void ExtIntMessage_WaitsUntilTaken()
    {
        _bus.Deliver(new InterruptMessage(DeliveryMode.ExtInt, 0, 0, false, false));
        Assert.True(_apic.ExternalInterruptPending);
        _apic.TakeExternalInterrupt();
        Assert.False(_apic.ExternalInterruptPending);
    }

    [Fact]
    public void Init_ResetsAllButIdAndBase_AndFirstSipiCounts()
    {
        var second = new LocalApic(1, _bus, _clock, _timers, TestApicPage.Create());
        second.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        second.WriteMmio(ApicRegister.TaskPriority, 4, 0x30);

        // As Linux starts a processor: INIT, level de-assert, start-up twice.
        Write(ApicRegister.InterruptCommandHigh, 1u << 24);
        Write(ApicRegister.InterruptCommandLow, 0xC500);
        Assert.True(second.InitPending);
        Write(ApicRegister.InterruptCommandLow, 0x8500);
        Assert.True(second.TakeInit());
        Assert.False(second.TakeInit());
        Assert.Equal(0xFFul, second.ReadMmio(ApicRegister.SpuriousVector, 4));
        Assert.Equal(0ul, second.ReadMmio(ApicRegister.TaskPriority, 4));

        Write(ApicRegister.InterruptCommandLow, 0x699);
        Write(ApicRegister.InterruptCommandLow, 0x69A);
        Assert.Equal(0x99, second.SipiVector);
        Assert.True(second.TakeSipi());
        Write(ApicRegister.InterruptCommandLow, 0x69B);
        Assert.False(second.SipiPending);
    }

    [Fact]
    public void Sipi_BetweenInitAndItsTaking_IsKept()
    {
        // Firmware on AMD sends a single one, so it must not be lost.
        var second = new LocalApic(1, _bus, _clock, _timers, TestApicPage.Create());
        Write(ApicRegister.InterruptCommandLow, 0xC4500);
        Write(ApicRegister.InterruptCommandLow, 0xC4687);

        Assert.False(_apic.InitPending);
        Assert.False(second.TakeSipi());
        Assert.True(second.TakeInit());
        Assert.True(second.TakeSipi());
        Assert.Equal(0x87, second.SipiVector);
    }

    [Fact]
    public void TakingAnEvent_AsksToLookAgain()
    {
        SelfIpi(0x41);
        _bus.Deliver(new InterruptMessage(DeliveryMode.Nmi, 0, 0, false, false));
        _apic.ServiceNeeded = false;
        _apic.TakeNmi();
        Assert.True(_apic.ServiceNeeded);
        _apic.ServiceNeeded = false;
        _apic.Acknowledge(0x41);
        Assert.True(_apic.ServiceNeeded);
        _apic.ServiceNeeded = false;
        _apic.TakeExternalInterrupt();
        Assert.True(_apic.ServiceNeeded);
    }

    [Fact]
    public void InterruptsTimerAndReset_AllocateNothing()
    {
        var ioApic = new IoApic(_bus);
        ioApic.WriteMmio(0, 4, 0x10 + (9 * 2));
        ioApic.WriteMmio(0x10, 4, 0x8039);
        void Round()
        {
            Write(ApicRegister.LvtTimer, 0x40);
            Write(ApicRegister.InitialCount, 1000);
            _clock.Advance(2000);
            _timers.FireDue(_clock.Now);
            ioApic.SetPin(9, asserted: true);
            ioApic.SetPin(9, asserted: false);
            _bus.DeliverMsi(0xFEE0_0000, 0x51);
            for (int vector = _apic.PendingVector; vector >= 0; vector = _apic.PendingVector)
            {
                Serve(vector);
            }

            _apic.Reset();
            Write(ApicRegister.SpuriousVector, 0x1FF);
        }

        Round();
        long before = System.GC.GetAllocatedBytesForCurrentThread();
        Round();

        Assert.Equal(0, System.GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static InterruptMessage Fixed(byte vector) => new(DeliveryMode.Fixed, vector, 0, false, false);

    private void SelfIpi(byte vector) => Write(ApicRegister.InterruptCommandLow, 0x4_0000u | vector);

    private void Serve(int vector)
    {
        _apic.Acknowledge(vector);
        Write(ApicRegister.EndOfInterrupt, 0);
    }

    private ulong Read(uint register) => _apic.ReadMmio(register, 4);

    private void Write(uint register, uint value) => _apic.WriteMmio(register, 4, value);
}
