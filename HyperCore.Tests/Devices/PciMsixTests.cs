using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Time;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

/// <summary>MSI-X: PCI Local Bus Specification 3.0, 6.8.2.</summary>
public sealed class PciMsixTests
{
    private const ushort Enable = 0x8000;
    private const ushort FunctionMask = 0x4000;

    private readonly LocalApic _apic;
    private readonly PciMsix _msix;

    public PciMsixTests()
    {
        var bus = new ApicBus();
        _apic = new LocalApic(0, bus, new FakeClock(), new TimerSet(), TestApicPage.Create());
        _apic.WriteMmio(ApicRegister.SpuriousVector, 4, 0x1FF);
        _msix = new PciMsix(bus, 3);
    }

    [Fact]
    public void PowerOn_EverythingIsMaskedAndZero()
    {
        for (ulong vector = 0; vector < 3; vector++)
        {
            Assert.Equal(0ul, _msix.ReadMmio(16 * vector, 8));
            Assert.Equal(0x1_0000_0000ul, _msix.ReadMmio((16 * vector) + 8, 8));
        }

        Assert.Equal(0ul, _msix.ReadMmio(48, 4));
        Assert.Equal(0ul, _msix.ReadMmio(PciMsix.PendingOffset, 8));
        Assert.False(_msix.IsEnabled);
    }

    [Fact]
    public void Signal_WhileDisabled_IsLost()
    {
        Program(1, 0x41);
        _msix.Signal(1);
        _msix.SetControl(Enable);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Signal_OfAVectorThatDoesNotExist_DoesNothing()
    {
        _msix.SetControl(Enable);
        _msix.Signal(3);
        _msix.Signal(0xFFFF);
        _msix.Signal(-1);
        Assert.Equal(0ul, _msix.ReadMmio(PciMsix.PendingOffset, 8));
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void Entry_QuadwordWrites_AreTheSameAsDwords()
    {
        _msix.SetControl(Enable);
        _msix.WriteMmio(0, 8, 0xFEE0_0003);
        _msix.WriteMmio(8, 8, 0xFFFF_FFFE_0000_0050);
        Assert.Equal(0xFEE0_0000ul, _msix.ReadMmio(0, 8));
        Assert.Equal(0x50ul, _msix.ReadMmio(8, 8));
        _msix.Signal(0);
        Assert.Equal(0x50, _apic.PendingVector);
    }

    [Fact]
    public void BytesAndUnalignedWrites_AreNotDefined_AndDoNothing()
    {
        _msix.WriteMmio(0, 1, 0xFF);
        _msix.WriteMmio(2, 4, 0xFFFF_FFFF);
        _msix.WriteMmio(12, 2, 0);
        _msix.WriteMmio(PciMsix.PendingOffset, 4, 0xFFFF_FFFF);
        PowerOn_EverythingIsMaskedAndZero();
    }

    [Fact]
    public void FunctionMask_KeepsWhatComes_UntilItIsTakenAway()
    {
        Program(0, 0x40);
        Program(2, 0x42);
        _msix.SetControl(Enable | FunctionMask);
        _msix.Signal(2);
        _msix.Signal(2);
        _msix.Signal(0);
        Assert.Equal(5ul, _msix.ReadMmio(PciMsix.PendingOffset, 4));
        _msix.SetControl(Enable);
        Assert.Equal(0ul, _msix.ReadMmio(PciMsix.PendingOffset, 4));
        Assert.Equal(0x42, _apic.PendingVector);
        _apic.Acknowledge(0x42);
        _apic.WriteMmio(ApicRegister.EndOfInterrupt, 4, 0);
        Assert.Equal(0x40, _apic.PendingVector);
    }

    [Fact]
    public void MessageToOrdinaryMemory_GoesNowhere()
    {
        _msix.SetControl(Enable);
        _msix.WriteMmio(0, 8, 0x1000);
        _msix.WriteMmio(8, 8, 0x41);
        _msix.Signal(0);
        Assert.Equal(-1, _apic.PendingVector);
    }

    [Fact]
    public void ImpossibleSize_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PciMsix(new ApicBus(), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PciMsix(new ApicBus(), 65));
    }

    private void Program(int vector, byte number)
    {
        ulong entry = 16 * (ulong)vector;
        _msix.WriteMmio(entry, 4, 0xFEE0_0000);
        _msix.WriteMmio(entry + 4, 4, 0);
        _msix.WriteMmio(entry + 8, 4, number);
        _msix.WriteMmio(entry + 12, 4, 0);
    }
}
