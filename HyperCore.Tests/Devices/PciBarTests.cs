using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Platform;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class PciBarTests
{
    private const ulong First = 1 << 15;
    private const ulong Second = 2 << 15;

    private readonly DeviceMap _map = new();
    private readonly ApicBus _bus = new();
    private readonly IoApic _ioApic;
    private readonly PciHostBridge _bridge;
    private readonly Sample _first = new();
    private readonly Sample _second = new();

    public PciBarTests()
    {
        _ioApic = new IoApic(_bus);
        _bridge = new PciHostBridge(_map, new PciInterrupts(_ioApic));
        _bridge.Add(1, 0, _first);
        _bridge.Add(2, 0, _second);
        _map.AddMemory(PlatformLayout.EcamBase, PlatformLayout.EcamLength, _bridge);
    }

    [Fact]
    public void AssignResources_EveryBarIsAlignedApartAndMapped()
    {
        _bridge.AssignResources();
        var ranges = new List<(ulong Start, ulong End)>();
        foreach (Sample function in new[] { _first, _second })
        {
            foreach (int index in new[] { 0, 2 })
            {
                PciBar bar = function.GetBar(index)!;
                Assert.True(bar.IsMapped);
                Assert.Equal(0ul, bar.Address & (bar.Size - 1));
                Assert.True(bar.Address >= PlatformLayout.PciMemoryBase);
                Assert.True(bar.Address + bar.Size <= PlatformLayout.PciMemoryBase + PlatformLayout.PciMemoryLength);
                Assert.Same(bar.Device, _map.FindMemory(bar.Address + bar.Size - 1, out ulong offset));
                Assert.Equal(bar.Size - 1, offset);
                Assert.All(ranges, other => Assert.True(bar.Address >= other.End || bar.Address + bar.Size <= other.Start));
                ranges.Add((bar.Address, bar.Address + bar.Size));
            }
        }

        Assert.Equal(_first.GetBar(2)!.Address | 0xC, Read(First, 0x18) | (ulong)Read(First, 0x1C) << 32);
        Assert.Equal(2u, Read(First, 0x04) & 7);
    }

    [Fact]
    public void WriteConfig_NewAddress_MovesTheDevice()
    {
        _bridge.AssignResources();
        ulong old = _first.GetBar(0)!.Address;
        Write(First, 0x10, 0xE800_0000);

        Assert.Null(_map.FindMemory(old, out _));
        Assert.Same(_first.Registers, _map.FindMemory(0xE800_0004, out ulong offset));
        Assert.Equal(4ul, offset);
        Assert.Equal(["+0", "+2", "-0", "+0"], _first.Events);
    }

    [Fact]
    public void WriteConfig_DecodeOff_NothingAnswers()
    {
        _bridge.AssignResources();
        ulong address = _first.GetBar(0)!.Address;
        Assert.NotNull(_map.FindMemory(address, out _));
        Write(First, 0x04, 0);
        Assert.Null(_map.FindMemory(address, out _));

        // Sizing, as every operating system does it.
        Write(First, 0x10, 0xFFFF_FFFF);
        Assert.Equal(0xFFFF_F000u, Read(First, 0x10));
        Write(First, 0x18, 0xFFFF_FFFF);
        Write(First, 0x1C, 0xFFFF_FFFF);
        Assert.Equal(0xFF00_000Cu, Read(First, 0x18));
        Assert.Equal(0xFFFF_FFFFu, Read(First, 0x1C));
        Write(First, 0x10, (uint)address);
        Write(First, 0x18, 0);
        Write(First, 0x1C, 0);
        Write(First, 0x04, 2);
        Assert.Same(_first.Registers, _map.FindMemory(address, out _));
        Assert.False(_first.GetBar(2)!.IsMapped);
    }

    [Theory]
    [InlineData(0x0000_0000u, 0u)] // RAM
    [InlineData(0x8000_0000u, 0u)]
    [InlineData(0xFE00_0000u, 0u)] // runs into the I/O APIC
    [InlineData(0xE000_0000u, 0u)] // ECAM
    [InlineData(0xFF00_0000u, 0xFFFF_FFFFu)]
    [InlineData(0xD000_0000u, 1u)] // above 4 GiB
    public void WriteConfig_BadAddress_DoesNotAnswerAndHurtsNobody(uint low, uint high)
    {
        _bridge.AssignResources();
        Write(First, 0x18, low);
        Write(First, 0x1C, high);
        Assert.False(_first.GetBar(2)!.IsMapped);
        Assert.Same(_bridge, _map.FindMemory(PlatformLayout.EcamBase, out _));

        Write(First, 0x1C, 0);
        Write(First, 0x18, 0xC000_0000);
        Assert.Same(_first.Memory, _map.FindMemory(0xC0FF_FFFF, out _));
    }

    [Fact]
    public void WriteConfig_OverAnotherBar_TheFirstOneAnswers()
    {
        _bridge.AssignResources();
        uint taken = (uint)_second.GetBar(0)!.Address;
        Write(First, 0x10, taken);
        Assert.Same(_second.Registers, _map.FindMemory(taken, out _));
        Assert.False(_first.GetBar(0)!.IsMapped);
    }

    [Fact]
    public void Reset_BarsAreWithdrawnAndDevicesReset()
    {
        _bridge.AssignResources();
        ulong address = _first.GetBar(0)!.Address;
        _bridge.Reset();
        Assert.Null(_map.FindMemory(address, out _));
        Assert.Equal(1, _first.Registers.Resets);
        Assert.Equal(0u, Read(First, 0x04) & 7);
        _bridge.AssignResources();
        Assert.Same(_first.Registers, _map.FindMemory(address, out _));
    }

    // Whatever a guest writes: what is mapped lies in PCI's hole, apart from everything else, and is found where the BAR says.
    [Fact]
    public void WriteConfig_Anything_KeepsTheMapSound()
    {
        Gen<uint> address = Gen.OneOf(Gen.UInt, Gen.UInt[0xBFF0_0000, 0xFFFF_FFFF], Gen.Const(0xE0F0_0000u));
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 8].Select(index => index * 4), address, Gen.Int[0, 2].Select(power => 1 << power)).Array[1, 60].Sample(
            writes =>
            {
                _bridge.Reset();
                _bridge.AssignResources();
                foreach ((int device, int register, uint value, int size) in writes)
                {
                    _bridge.WriteMmio(((ulong)device << 15) + (ulong)register, size, register == 0x1C ? value & 1 : value);
                    foreach (Sample function in new[] { _first, _second })
                    {
                        foreach (int index in new[] { 0, 2 })
                        {
                            PciBar bar = function.GetBar(index)!;
                            if (bar.IsMapped)
                            {
                                Assert.True(PciHostBridge.IsMemoryWindow(bar.Address, bar.Size));
                                Assert.Same(bar.Device, _map.FindMemory(bar.Address, out _));
                                Assert.Same(bar.Device, _map.FindMemory(bar.Address + bar.Size - 1, out _));
                            }
                        }
                    }

                    Assert.Same(_bridge, _map.FindMemory(PlatformLayout.EcamBase, out _));
                    Assert.Same(_bridge, _map.FindMemory(PlatformLayout.EcamBase + PlatformLayout.EcamLength - 1, out _));
                }
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void AddCapability_ListIsLinked()
    {
        Assert.Equal(0x10u, (Read(First, 0x04) >> 16) & 0x10);
        Assert.Equal(0x40u, Read(First, 0x34) & 0xFF);
        Assert.Equal(0x5009u, Read(First, 0x40) & 0xFFFF);
        Assert.Equal(0x0011u, Read(First, 0x50) & 0xFFFF);
    }

    [Fact]
    public void SetInterrupt_SharedInput_IsAssertedWhileAnyoneAsserts()
    {
        var third = new Sample();
        _bridge.Add(5, 0, third); // device 5 shares INTA#'s input with device 1
        int pin = PciHostBridge.GlobalInterrupt(1, 0);
        Assert.Equal(17, pin);
        Assert.Equal(pin, PciHostBridge.GlobalInterrupt(5, 0));

        _first.Interrupt(true);
        third.Interrupt(true);
        _first.Interrupt(false);
        Assert.True(IsAsserted(pin));
        Write(5 << 15, 0x04, 0x0400);
        Assert.False(IsAsserted(pin));
        Assert.Equal(0x08u, (Read(5 << 15, 0x04) >> 16) & 8);
        Write(5 << 15, 0x04, 0);
        Assert.True(IsAsserted(pin));
        third.Interrupt(false);
        Assert.False(IsAsserted(pin));
    }

    private bool IsAsserted(int pin) => _ioApic.IsAsserted(pin);

    private uint Read(ulong function, ulong register) => (uint)_bridge.ReadMmio(function + register, 4);

    private void Write(ulong function, ulong register, uint value) => _bridge.WriteMmio(function + register, 4, value);

    private sealed class Sample : PciFunction
    {
        public Sample()
            : base(0x1234, 0x5678, 0xFF_0000, 1)
        {
            DefineInterruptPin(0);
            DefineMemoryBar(0, 0x1000, Registers);
            DefineMemoryBar(2, 0x100_0000, Memory, prefetchable: true, is64Bit: true);
            Assert.Equal(0x40, AddCapability(PciCapability.VendorSpecific, 0x10));
            Assert.Equal(0x50, AddCapability(PciCapability.MsiX, 12));
        }

        public Silent Registers { get; } = new();

        public Silent Memory { get; } = new();

        public List<string> Events { get; } = [];

        public void Interrupt(bool asserted) => SetInterrupt(asserted);

        protected override void OnBarMapped(PciBar bar) => Events.Add("+" + bar.Index);

        protected override void OnBarUnmapped(PciBar bar) => Events.Add("-" + bar.Index);
    }

    private sealed class Silent : Device
    {
        public int Resets { get; private set; }

        public override string Name => "silent";

        public override void Reset() => Resets++;
    }
}
