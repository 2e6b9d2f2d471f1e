using System;
using HyperCore.Core.Devices;
using HyperCore.Tests.Emulation;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class PciHostBridgeTests
{
    private readonly PciHostBridge _bridge = new();

    // pci_check_type1 and pci_sanity_check of Linux.
    [Fact]
    public void PciHostBridge_LinuxProbe_FindsType1AndAHostBridge()
    {
        _bridge.WritePort(0xCF8, 4, 0x8000_0000);
        Assert.Equal(0x8000_0000, _bridge.ReadPort(0xCF8, 4));
        Assert.Equal(0x0008_1B36u, _bridge.ReadPort(0xCFC, 4));
        _bridge.WritePort(0xCF8, 4, 0x8000_0008);
        Assert.Equal(0x0600u, _bridge.ReadPort(0xCFE, 2) & 0xFFFF);
    }

    [Fact]
    public void PciHostBridge_ByteAccesses_SelectLanes()
    {
        _bridge.WritePort(0xCF8, 4, 0x8000_0000);
        Assert.Equal(0x36u, _bridge.ReadPort(0xCFC, 1) & 0xFF);
        Assert.Equal(0x1Bu, _bridge.ReadPort(0xCFD, 1) & 0xFF);
        Assert.Equal(0x0008u, _bridge.ReadPort(0xCFE, 2) & 0xFFFF);
        Assert.Equal(0xFFFF_FF00u, _bridge.ReadPort(0xCFF, 4));
    }

    [Fact]
    public void PciHostBridge_AbsentFunctions_ReadAllOnes()
    {
        _bridge.WritePort(0xCF8, 4, 0x8000_0800);
        Assert.Equal(0xFFFF_FFFF, _bridge.ReadPort(0xCFC, 4));
        _bridge.WritePort(0xCF8, 4, 0x8001_0000);
        Assert.Equal(0xFFFF_FFFF, _bridge.ReadPort(0xCFC, 4));
        _bridge.WritePort(0xCF8, 4, 0x0000_0000);
        Assert.Equal(0xFFFF_FFFF, _bridge.ReadPort(0xCFC, 4));
        Assert.Equal(0xFFFF_FFFF, (uint)_bridge.ReadMmio(1 << 15, 4));
        Assert.Equal(ulong.MaxValue, _bridge.ReadMmio(1 << 20, 8));
    }

    [Fact]
    public void PciHostBridge_Ecam_SeesTheSameFunctions()
    {
        Assert.Equal(0x0008_1B36u, _bridge.ReadMmio(0, 4));
        Assert.Equal(0x0600_0000_0000_0000ul, _bridge.ReadMmio(4, 8));
        Assert.Equal(0xFFFF_FFFFul, _bridge.ReadMmio(0x100, 4));
    }

    [Fact]
    public void PciHostBridge_AddedFunction_IsFoundSizedAndReset()
    {
        _bridge.Add(3, 1, new Sample());
        var first = new Sample();
        _bridge.Add(3, 0, first);
        ulong ecam = 3 << 15;
        Assert.Equal(0x80ul, _bridge.ReadMmio(ecam + 0x0E, 1) & 0xFF);
        _bridge.WriteMmio(ecam + 0x10, 4, 0xFFFF_FFFF);
        Assert.Equal(0xFFFF_F008ul, _bridge.ReadMmio(ecam + 0x10, 4));
        _bridge.WritePort(0xCF8, 4, 0x8000_1810);
        _bridge.WritePort(0xCFC, 4, 0xE100_0000);
        Assert.Equal(0xE100_0008u, _bridge.ReadPort(0xCFC, 4));
        Assert.Equal(2, first.Writes);
        Assert.Equal(0x42ul, _bridge.ReadMmio(ecam + 0x800, 1) & 0xFF);
        _bridge.Reset();
        Assert.Equal(8ul, _bridge.ReadMmio(ecam + 0x10, 4));
        Assert.Equal(0x80ul, _bridge.ReadMmio(ecam + 0x0E, 1) & 0xFF);
    }

    [Fact]
    public void PciHostBridge_PlaceTaken_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => _bridge.Add(0, 0, new Sample()));
        Assert.Throws<ArgumentException>(() => _bridge.Add(32, 0, new Sample()));
        Assert.Throws<ArgumentException>(() => _bridge.Add(1, 8, new Sample()));
    }

    [Fact]
    public void PciHostBridge_RandomAccesses_NeverThrow()
    {
        _bridge.Add(1, 0, new Sample());
        PortFuzz.Run(_bridge, [0xCF8, 0xCF8, 0xCFC, 0xCFD, 0xCFE, 0xCFF], 1, random =>
        {
            ulong offset = (ulong)random.Next(1 << 21);
            int size = 1 << random.Next(4);
            _bridge.WriteMmio(offset, size, (ulong)random.NextInt64());
            _bridge.ReadMmio(offset, size);
            _bridge.WritePort(0xCF8, 4, 0x8000_0000 | (uint)random.Next(0x1000));
        });
    }

    private sealed class Sample : PciFunction
    {
        public Sample()
            : base(0x1234, 0x5678, 0xFF_0000, 1, ExpressSize)
        {
            DefineMemoryBar(0, 4096, new MemoryDevice(4096), prefetchable: true);
            DefineConfig(0x800, 1, 0x42, 0);
        }

        public int Writes { get; private set; }

        protected override void OnConfigWritten(int offset, int size) => Writes++;
    }
}
