using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Pci;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Pci;

public sealed class HostPciTests
{
    private readonly FakePciSpace _space = new();

    [Fact]
    public void Scan_BusesBehindBridges_AreFoundOnce()
    {
        _space.Add(0, 0, 0, 0x1234_8086, 0x060000);
        _space.Add(0, 3, 0, 0x0001_8086, 0x060400, headerType: 0x81)[0x19] = 1;
        _space.Add(0, 3, 1, 0x0002_8086, 0x060400, headerType: 0x01)[0x19] = 0; // back to the start
        _space.Add(1, 0, 0, 0x000D_1B36, 0x0C0330);
        _space.Add(1, 0, 1, 0x9999_1B36, 0x0C0330); // device 0 says that it has one function

        List<HostPciFunction> found = PciScan.All(_space);

        Assert.Equal([(0, 0, 0), (0, 3, 0), (0, 3, 1), (1, 0, 0)], found.Select(f => ((int)f.Address.Bus, (int)f.Address.Device, (int)f.Address.Function)));
        Assert.Equal(0x0C0330u, found[3].ClassCode);
        Assert.Equal(0x1B36, found[3].VendorId);
        Assert.Equal(0x000D, found[3].DeviceId);
    }

    [Fact]
    public void Scan_SeveralHostBridges_EachHasItsBus()
    {
        _space.Add(0, 0, 0, 0x1234_8086, 0x060000, headerType: 0x80);
        _space.Add(0, 0, 1, 0x1234_8086, 0x060000, headerType: 0x80);
        _space.Add(1, 5, 0, 0x000D_1B36);

        Assert.Equal(3, PciScan.All(_space).Count);
    }

    [Theory]
    [InlineData(0xFEBF_0004u, 0xFFFF_C000u, 0x0000_0008u, 0xFFFF_FFFFu, true, true, 0x8_FEBF_0000ul, 0x4000ul)]
    [InlineData(0xFE00_0008u, 0xFF00_0000u, 0u, 0u, true, false, 0xFE00_0000ul, 0x100_0000ul)]
    [InlineData(0x0000_C041u, 0xFFFF_FFC0u, 0u, 0u, false, false, 0xC040ul, 0x40ul)]
    [InlineData(0x0000_000Cu, 0x0000_0000u, 0x0000_0010u, 0xFFFF_FFF0u, true, true, 0x10_0000_0000ul, 0x10_0000_0000ul)]
    [InlineData(0u, 0u, 0u, 0u, true, false, 0ul, 0ul)]
    public void Bar_IsReadAndLeftAsItWas(uint low, uint lowWritable, uint high, uint highWritable, bool memory, bool wide, ulong address, ulong size)
    {
        byte[] bytes = _space.Add(0, 4, 0, 0x000D_1B36);
        bytes[4] = 7;
        _space.SetBar(0, 4, 0, low, lowWritable);
        _space.SetBar(0, 4, 1, high, highWritable);
        byte[] before = [.. bytes];

        HostPciBar bar = new HostPciFunction(_space, new PciAddress(0, 0, 4, 0)).ReadBar(0);

        Assert.Equal(memory, bar.IsMemory);
        Assert.Equal(wide, bar.Is64Bit);
        Assert.Equal(address, bar.Address);
        Assert.Equal(size, bar.Size);
        Assert.Equal(before, bytes);
    }

    [Fact]
    public void Capability_IsFound_AndACircleEnds()
    {
        byte[] bytes = _space.Add(0, 4, 0, 0x000D_1B36);
        bytes[6] = 0x10;
        bytes[0x34] = 0x90;
        bytes[0x90] = 0x11;
        bytes[0x91] = 0xA0;
        bytes[0xA0] = 0x10;
        bytes[0xA1] = 0x90;
        var function = new HostPciFunction(_space, new PciAddress(0, 0, 4, 0));

        Assert.Equal(0x90, function.FindCapability(0x11));
        Assert.Equal(0xA0, function.FindCapability(0x10));
        Assert.Equal(0, function.FindCapability(5));
        bytes[6] = 0;
        Assert.Equal(0, function.FindCapability(0x11));
    }

    [Fact]
    public void Command_BitsAreChangedAlone()
    {
        byte[] bytes = _space.Add(0, 4, 0, 0x000D_1B36);
        bytes[5] = 1;
        var function = new HostPciFunction(_space, new PciAddress(0, 0, 4, 0));

        function.EnableMemory();
        function.SetBusMaster(true);
        Assert.Equal(6, bytes[4]);
        function.SetBusMaster(false);
        function.DisableInterruptPin();
        Assert.Equal(2, bytes[4]);
        Assert.Equal(5, bytes[5]);
    }
}
