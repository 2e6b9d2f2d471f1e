using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class ApicBusTests
{
    private readonly ApicBus _bus = new();
    private readonly LocalApic[] _apics = new LocalApic[4];

    public ApicBusTests()
    {
        var clock = new FakeClock();
        var timers = new TimerSet();
        for (uint i = 0; i < _apics.Length; i++)
        {
            _apics[i] = new LocalApic(i, _bus, clock, timers, TestApicPage.Create());
            _apics[i].WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        }
    }

    [Theory]
    [InlineData(0x0u, 0b0001)]
    [InlineData(0x3u, 0b1000)]
    [InlineData(0x4u, 0b0000)]
    [InlineData(0xFFu, 0b1111)]
    public void Physical_GoesToTheId_OrToAll(uint destination, int expected)
    {
        Assert.Equal(expected != 0, _bus.DeliverMsi(0xFEE0_0000 | (destination << 12), 0x41));
        Assert.Equal(expected, Receivers());
    }

    [Theory]
    [InlineData(0x01u, 0b0001)]
    [InlineData(0x0Au, 0b1010)]
    [InlineData(0xFFu, 0b1111)]
    [InlineData(0xF0u, 0b0000)]
    public void LogicalFlat_IsABitEach(uint destination, int expected)
    {
        for (int i = 0; i < 4; i++)
        {
            _apics[i].WriteMmio(ApicRegister.LogicalDestination, 4, 1u << (24 + i));
        }

        _bus.DeliverMsi(0xFEE0_0004 | (destination << 12), 0x41);
        Assert.Equal(expected, Receivers());
    }

    [Theory]
    [InlineData(0x01u, 0b0001)]
    [InlineData(0x03u, 0b0011)]
    [InlineData(0x13u, 0b1100)]
    [InlineData(0x23u, 0b0000)]
    [InlineData(0xFFu, 0b1111)]
    public void LogicalCluster_IsTheClusterAndABitEach(uint destination, int expected)
    {
        for (int i = 0; i < 4; i++)
        {
            _apics[i].WriteMmio(ApicRegister.DestinationFormat, 4, 0);
            _apics[i].WriteMmio(ApicRegister.LogicalDestination, 4, ((uint)i >> 1 << 28) | (1u << (24 + (i & 1))));
        }

        _bus.DeliverMsi(0xFEE0_0004 | (destination << 12), 0x41);
        Assert.Equal(expected, Receivers());
    }

    [Theory]
    [InlineData(1u, 0b0001)]
    [InlineData(2u, 0b1111)]
    [InlineData(3u, 0b1110)]
    public void Shorthands_GoToSelf_All_AndOthers(uint shorthand, int expected)
    {
        _apics[0].WriteMmio(ApicRegister.InterruptCommandLow, 4, (shorthand << 18) | 0x41);

        Assert.Equal(expected, Receivers());
    }

    [Theory]
    [InlineData(1u, 0)]
    [InlineData(2u, 0)]
    [InlineData(3u, 0b1110)]
    public void NmiShorthands_OnlyOthersIsValid(uint shorthand, int expected)
    {
        _apics[0].WriteMmio(ApicRegister.InterruptCommandLow, 4, (shorthand << 18) | 0x400);

        int receivers = 0;
        for (int i = 0; i < 4; i++)
        {
            receivers |= _apics[i].NmiPending ? 1 << i : 0;
        }

        Assert.Equal(expected, receivers);
    }

    [Fact]
    public void LowestPriority_FindsIt_AndTakesTurnsAmongEquals()
    {
        _apics[0].TaskPriority = 0x50;
        _apics[2].TaskPriority = 0x20;
        _apics[3].TaskPriority = 0x20;
        _apics[1].TaskPriority = 0x30;
        var message = new InterruptMessage(DeliveryMode.LowestPriority, 0x90, InterruptMessage.Broadcast, false, false);

        Assert.True(_bus.Deliver(message));
        Assert.Equal(0b0100, Receivers(0x90));
        _apics[2].Acknowledge(0x90);
        _apics[2].WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
        Assert.True(_bus.Deliver(message));
        Assert.Equal(0b1000, Receivers(0x90));
    }

    [Fact]
    public void LowestPriority_PassesBySoftwareDisabledOnes()
    {
        for (int i = 0; i < 4; i++)
        {
            _apics[i].WriteMmio(ApicRegister.SpuriousVector, 4, i == 2 ? 0x1FFu : 0xFFu);
        }

        _bus.Deliver(new InterruptMessage(DeliveryMode.LowestPriority, 0x41, InterruptMessage.Broadcast, false, false));
        Assert.Equal(0b0100, Receivers());
    }

    [Fact]
    public void Msi_RedirectionHint_ChoosesOne()
    {
        for (int i = 0; i < 4; i++)
        {
            _apics[i].WriteMmio(ApicRegister.LogicalDestination, 4, 1u << (24 + i));
        }

        _bus.DeliverMsi(0xFEE0_000C | (0x0Fu << 12), 0x41);
        Assert.Equal(1, System.Numerics.BitOperations.PopCount((uint)Receivers()));
    }

    [Theory]
    [InlineData(0xFED0_0000ul, 0x41u)]
    [InlineData(0x1_FEE0_0000ul, 0x41u)]
    [InlineData(0xFEE0_0000ul, 0x8041u)]
    public void Msi_OfAnotherAddressOrADeassert_IsNone(ulong address, uint data)
    {
        Assert.False(_bus.DeliverMsi(address, data));
        Assert.Equal(0, Receivers());
    }

    [Fact]
    public void X2Apic_IdsAndLogicalIds()
    {
        var bus = new ApicBus();
        var clock = new FakeClock();
        var timers = new TimerSet();
        var first = new LocalApic(0, bus, clock, timers, TestApicPage.Create());
        var other = new LocalApic(0x123, bus, clock, timers, TestApicPage.Create());
        EnableX2Apic(first);
        EnableX2Apic(other);

        Assert.True(other.TryReadMsr(0x802, out ulong id));
        Assert.Equal(0x123ul, id);
        Assert.True(other.TryReadMsr(0x80D, out ulong logicalId));
        Assert.Equal(0x12_0008ul, logicalId);

        Assert.True(first.TryWriteMsr(0x830, 0x0000_0123_0000_0041));
        Assert.Equal(0x41, other.PendingVector);
        Assert.True(first.TryWriteMsr(0x830, 0x0012_0008_0000_0842));
        Assert.Equal(0x42, other.PendingVector);
        Assert.Equal(-1, first.PendingVector);
        Assert.True(first.TryWriteMsr(0x830, 0xFFFF_FFFF_0000_0043));
        Assert.Equal(0x43, other.PendingVector);
        Assert.Equal(0x43, first.PendingVector);
        Assert.True(first.TryReadMsr(0x830, out ulong command));
        Assert.Equal(0xFFFF_FFFF_0000_0043, command);
    }

    [Fact]
    public void X2Apic_SelfIpi_SetsRequestBit()
    {
        EnableX2Apic(_apics[1]);
        Assert.True(_apics[1].TryWriteMsr(0x83F, 0x41));

        Assert.Equal(0b0010, Receivers());
        Assert.True(_apics[1].TryReadMsr(0x822, out ulong request));
        Assert.Equal(2ul, request);
    }

    [Theory]
    [InlineData(0x802u, 0ul)]
    [InlineData(0x803u, 0ul)]
    [InlineData(0x808u, 0x100ul)]
    [InlineData(0x809u, 0ul)]
    [InlineData(0x80Bu, 1ul)]
    [InlineData(0x80Du, 0ul)]
    [InlineData(0x80Eu, 0ul)]
    [InlineData(0x80Fu, 0x1_01FFul)]
    [InlineData(0x820u, 0ul)]
    [InlineData(0x828u, 1ul)]
    [InlineData(0x82Fu, 0ul)]
    [InlineData(0x830u, 0x10_0041ul)]
    [InlineData(0x831u, 0ul)]
    [InlineData(0x832u, 0x8_0000ul)]
    [InlineData(0x839u, 0ul)]
    [InlineData(0x83Eu, 0x4ul)]
    [InlineData(0x83Fu, 0x100ul)]
    [InlineData(0x838u, 0x1_0000_0000ul)]
    [InlineData(0x800u, 0ul)]
    public void X2Apic_WritesThatTheProcessorRefuses(uint msr, ulong value)
    {
        EnableX2Apic(_apics[0]);

        Assert.False(_apics[0].TryWriteMsr(msr, value));
    }

    [Theory]
    [InlineData(0x800u)]
    [InlineData(0x809u)]
    [InlineData(0x80Bu)]
    [InlineData(0x80Eu)]
    [InlineData(0x82Fu)]
    [InlineData(0x831u)]
    [InlineData(0x83Fu)]
    public void X2Apic_ReadsThatTheProcessorRefuses(uint msr)
    {
        EnableX2Apic(_apics[0]);

        Assert.False(_apics[0].TryReadMsr(msr, out _));
    }

    [Fact]
    public void XApic_RegistersAreNotMsrs_AndInX2ApicNotMemory()
    {
        Assert.False(_apics[0].TryReadMsr(0x802, out _));
        Assert.False(_apics[0].TryWriteMsr(0x808, 0));
        EnableX2Apic(_apics[0]);
        Assert.Equal(0xFFFF_FFFF_FFFF_FFFFul, _apics[0].ReadMmio(ApicRegister.Version, 4));
        _apics[0].WriteMmio(ApicRegister.TaskPriority, 4, 0x50);
        Assert.Equal(0, _apics[0].TaskPriority);
    }

    [Theory]
    [InlineData(0xFEE0_0C00ul, 0xFEE0_0800ul, false)]
    [InlineData(0xFEE0_0C00ul, 0xFEE0_0400ul, false)]
    [InlineData(0xFEE0_0C00ul, 0xFEE0_0000ul, true)]
    [InlineData(0xFEE0_0000ul, 0xFEE0_0C00ul, false)]
    [InlineData(0xFEE0_0000ul, 0xFEE0_0800ul, true)]
    [InlineData(0xFEE0_0800ul, 0xFEE0_0801ul, false)]
    [InlineData(0xFEE0_0800ul, 0xFED0_0800ul, false)]
    [InlineData(0xFEE0_0800ul, 0xFEE0_0900ul, true)]
    public void ApicBase_ModeChangesOfTheManual(ulong from, ulong to, bool allowed)
    {
        Assert.True(_apics[1].TryWriteMsr(ApicRegister.ApicBaseMsr, from));
        Assert.Equal(allowed, _apics[1].TryWriteMsr(ApicRegister.ApicBaseMsr, to));

        Assert.True(_apics[1].TryReadMsr(ApicRegister.ApicBaseMsr, out ulong value));
        Assert.Equal((allowed ? to : from) & ~0x100ul, value);
    }

    [Fact]
    public void ApicBase_ShowsTheBootProcessor_AndX2ApicOnlyWhereOffered()
    {
        Assert.True(_apics[0].TryReadMsr(ApicRegister.ApicBaseMsr, out ulong value));
        Assert.Equal(0xFEE0_0900ul, value);
        _apics[0].IsX2ApicOffered = false;
        Assert.False(_apics[0].TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0D00));
    }

    [Fact]
    public void BroadcastEoi_ReachesTheIoApic()
    {
        var ioApic = new IoApic(_bus);
        ioApic.WriteMmio(0, 4, 0x10 + (9 * 2));
        ioApic.WriteMmio(0x10, 4, 0x8039);
        ioApic.SetPin(9, asserted: true);
        ioApic.SetPin(9, asserted: false);
        Assert.True(ioApic.GetEntry(9).RemoteIrr);
        _bus.BroadcastEoi(0x39);

        Assert.False(ioApic.GetEntry(9).RemoteIrr);
    }

    private static void EnableX2Apic(LocalApic apic)
    {
        Assert.True(apic.TryWriteMsr(ApicRegister.ApicBaseMsr, 0xFEE0_0C00));
        Assert.True(apic.TryWriteMsr(0x80F, 0x1FF));
    }

    private int Receivers(int vector = 0x41)
    {
        int receivers = 0;
        for (int i = 0; i < _apics.Length; i++)
        {
            receivers |= _apics[i].PendingVector == vector ? 1 << i : 0;
        }

        return receivers;
    }
}
