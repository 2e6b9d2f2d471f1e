using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class IoApicTests
{
    private const uint Masked = 0x1_0000;
    private const uint Level = 0x8000;

    private readonly ApicBus _bus = new();
    private readonly LocalApic _apic;
    private readonly IoApic _ioApic;

    public IoApicTests()
    {
        _apic = new LocalApic(0, _bus, new FakeClock(), new TimerSet(), TestApicPage.Create());
        _apic.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        _ioApic = new IoApic(_bus, id: 2);
    }

    [Fact]
    public void PowerOn_VersionIdAndMaskedEntries()
    {
        Assert.Equal(0x0017_0020u, ReadRegister(1));
        Assert.Equal(0x0200_0000u, ReadRegister(0));
        for (int pin = 0; pin < 24; pin++)
        {
            Assert.Equal(Masked, ReadRegister((byte)(0x10 + (pin * 2))));
            Assert.Equal(0u, ReadRegister((byte)(0x11 + (pin * 2))));
        }
    }

    [Fact]
    public void Entry_ReadOnlyAndReservedBitsStayClear()
    {
        WriteRegister(0x10, 0xFFFF_FFFF);
        WriteRegister(0x11, 0xFFFF_FFFF);

        Assert.Equal(0x0001_AFFFu, ReadRegister(0x10));
        Assert.Equal(0xFF00_0000u, ReadRegister(0x11));
    }

    [Fact]
    public void Edge_DeliversOncePerRisingEdge()
    {
        SetEntry(4, 0x34);
        _ioApic.SetPin(4, asserted: true);
        Assert.Equal(0x34, _apic.PendingVector);
        Serve(0x34);
        Assert.Equal(-1, _apic.PendingVector);

        _ioApic.SetPin(4, asserted: false);
        _ioApic.SetPin(4, asserted: true);
        Assert.Equal(0x34, _apic.PendingVector);
    }

    [Fact]
    public void Edge_OnAMaskedPin_IsLost()
    {
        SetEntry(4, Masked | 0x34);
        _ioApic.SetPin(4, asserted: true);
        SetEntry(4, 0x34);

        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Level_OnAMaskedPin_IsSeenAtTheUnmasking()
    {
        SetEntry(9, Masked | Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        Assert.Equal(-1, _apic.PendingVector);
        SetEntry(9, Level | 0x39);

        Assert.Equal(0x39, _apic.PendingVector);
        Assert.True(_ioApic.GetEntry(9).RemoteIrr);
    }

    [Fact]
    public void Level_StillAssertedAtTheEoi_IsDeliveredAgain()
    {
        SetEntry(9, Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        Serve(0x39);
        Assert.Equal(0x39, _apic.PendingVector);

        _ioApic.SetPin(9, asserted: false);
        Serve(0x39);
        Assert.Equal(-1, _apic.PendingVector);
        Assert.False(_ioApic.GetEntry(9).RemoteIrr);
    }

    [Fact]
    public void Level_WhileInService_IsNotDeliveredTwice()
    {
        SetEntry(9, Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        _apic.Acknowledge(0x39);
        _ioApic.SetPin(9, asserted: false);
        _ioApic.SetPin(9, asserted: true);
        Assert.Equal(0ul, _apic.ReadMmio(ApicRegister.InterruptRequest + 0x10, 4));

        _apic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
        Assert.Equal(0x39, _apic.PendingVector);
    }

    [Fact]
    public void EoiRegister_EndsTheVector()
    {
        SetEntry(9, Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        _ioApic.SetPin(9, asserted: false);
        _ioApic.WriteMmio(0x40, 4, 0x39);

        Assert.False(_ioApic.GetEntry(9).RemoteIrr);
    }

    [Fact]
    public void SwitchingToEdge_ClearsRemoteIrr()
    {
        SetEntry(9, Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        SetEntry(9, Masked | 0x39);

        Assert.False(_ioApic.GetEntry(9).RemoteIrr);
    }

    [Fact]
    public void Level_NobodyAccepts_IsTriedAgainWhenTheEntryChanges()
    {
        WriteRegister(0x10 + 18 + 1, 7u << 24);
        SetEntry(9, Level | 0x39);
        _ioApic.SetPin(9, asserted: true);
        Assert.False(_ioApic.GetEntry(9).RemoteIrr);
        WriteRegister(0x10 + 18 + 1, 0);

        Assert.Equal(0x39, _apic.PendingVector);
    }

    [Fact]
    public void NmiPin_IsAnEdgeWhateverTheTriggerMode()
    {
        SetEntry(3, Level | 0x400);
        _ioApic.GetLine(3).Set(true);

        Assert.True(_apic.TakeNmi());
        Assert.False(_ioApic.GetEntry(3).RemoteIrr);
    }

    [Fact]
    public void IsaInterrupts_TimerReachesPin2AndInput0()
    {
        var line = new FakeLine();
        var pics = new Pic8259Pair(line);
        var isa = new IsaInterrupts(pics, _ioApic);
        SetEntry(2, 0x30);
        SetEntry(0, 0x50);
        isa[0].Set(true);

        Assert.Equal(0x30, _apic.PendingVector);
        Assert.Equal(0x01, pics.Master.RequestRegister);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(-1)]
    public void IsaInterrupts_ThatDoNotExist_AreRefused(int interrupt)
    {
        var isa = new IsaInterrupts(new Pic8259Pair(new FakeLine()), _ioApic);

        Assert.Throws<System.ArgumentOutOfRangeException>(() => isa[interrupt]);
    }

    [Fact]
    public void RandomPokes_NeverThrow()
    {
        Gen<(int Kind, ulong Where, int Size, ulong Value)> step = Gen.Select(Gen.Int[0, 4], Gen.ULong, Gen.Int[0, 3].Select(n => 1 << n), Gen.ULong);
        step.Array[0, 200].Sample(steps =>
        {
            var bus = new ApicBus();
            var apic = new LocalApic(0, bus, new FakeClock(), new TimerSet(), TestApicPage.Create());
            apic.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
            var ioApic = new IoApic(bus);
            foreach ((int kind, ulong where, int size, ulong value) in steps)
            {
                switch (kind)
                {
                    case 0:
                        ioApic.ReadMmio(where, size);
                        ioApic.WriteMmio(where, size, value);
                        break;
                    case 1:
                        ioApic.WriteMmio(0, 4, value & 0x3F);
                        ioApic.WriteMmio(0x10, size, value >> 16);
                        ioApic.ReadMmio(0x10, size);
                        break;
                    case 2:
                        ioApic.SetPin((int)(value & 0x1F), (value & 0x100) != 0);
                        break;
                    case 3:
                        ioApic.WriteMmio(0x40, size, value);
                        break;
                    default:
                        apic.Acknowledge(apic.PendingVector);
                        apic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
                        break;
                }
            }
        });
    }

    private void Serve(int vector)
    {
        _apic.Acknowledge(vector);
        _apic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
    }

    private void SetEntry(int pin, uint low) => WriteRegister((byte)(0x10 + (pin * 2)), low);

    private uint ReadRegister(byte register)
    {
        _ioApic.WriteMmio(0, 4, register);
        return (uint)_ioApic.ReadMmio(0x10, 4);
    }

    private void WriteRegister(byte register, uint value)
    {
        _ioApic.WriteMmio(0, 4, register);
        _ioApic.WriteMmio(0x10, 4, value);
    }
}
