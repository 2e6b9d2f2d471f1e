using System;
using HyperCore.Core.Devices;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class DeviceMapTests
{
    [Fact]
    public void FindPort_EdgesOfRange_BelongToTheDevice()
    {
        var map = new DeviceMap();
        var uart = new Silent();
        var keyboard = new Silent();
        map.AddPorts(0x3F8, 8, uart);
        map.AddPorts(0x60, 1, keyboard);

        Assert.Same(uart, map.FindPort(0x3F8));
        Assert.Same(uart, map.FindPort(0x3FF));
        Assert.Same(keyboard, map.FindPort(0x60));
        Assert.Null(map.FindPort(0x3F7));
        Assert.Null(map.FindPort(0x400));
        Assert.Null(map.FindPort(0x61));
    }

    [Fact]
    public void FindMemory_ReportsOffsetIntoRange()
    {
        var map = new DeviceMap();
        var apic = new Silent();
        map.AddMemory(0xFEE0_0000, 0x1000, apic);

        Assert.Same(apic, map.FindMemory(0xFEE0_00B0, out ulong offset));
        Assert.Equal(0xB0ul, offset);
        Assert.Null(map.FindMemory(0xFEE0_1000, out _));
    }

    [Theory]
    [InlineData(0x3F8, 1)]
    [InlineData(0x3F0, 9)]
    [InlineData(0x3FF, 4)]
    public void AddPorts_Overlap_IsRefused(ushort first, int count)
    {
        var map = new DeviceMap();
        map.AddPorts(0x3F8, 8, new Silent());

        Assert.Throws<ArgumentException>(() => map.AddPorts(first, count, new Silent()));
    }

    [Fact]
    public void TryAddMemory_TakenWrappingOrEmpty_IsRefused()
    {
        var map = new DeviceMap();
        var first = new Silent();
        Assert.True(map.TryAddMemory(0x1000, 0x1000, first));
        Assert.False(map.TryAddMemory(0x1FFF, 1, new Silent()));
        Assert.False(map.TryAddMemory(0, 0x1001, new Silent()));
        Assert.False(map.TryAddMemory(0x3000, 0, new Silent()));
        Assert.False(map.TryAddMemory(ulong.MaxValue - 0xFFF, 0x1000, new Silent()));
        Assert.Same(first, map.FindMemory(0x1000, out _));
    }

    [Fact]
    public void RemoveMemory_LastFoundRange_IsFoundNoMore()
    {
        var map = new DeviceMap();
        var second = new Silent();
        map.TryAddMemory(0x1000, 0x1000, new Silent());
        map.TryAddMemory(0x2000, 0x1000, second);
        Assert.Same(second, map.FindMemory(0x2FFF, out _));
        Assert.False(map.RemoveMemory(0x2800));
        Assert.True(map.RemoveMemory(0x2000));
        Assert.Null(map.FindMemory(0x2FFF, out _));
        Assert.True(map.RemoveMemory(0x1000));
        Assert.Null(map.FindMemory(0x1000, out _));
        Assert.False(map.RemoveMemory(0x1000));
        Assert.True(map.TryAddMemory(0x2000, 0x1000, second));
        Assert.Same(second, map.FindMemory(0x2000, out _));
    }

    [Fact]
    public void ResetAll_ResetsEachDeviceOnce()
    {
        var map = new DeviceMap();
        var both = new Silent();
        map.AddPorts(0x70, 2, both);
        map.AddPorts(0x80, 2, both);
        map.AddMemory(0x1000, 0x1000, both);

        map.ResetAll();

        Assert.Equal(1, both.Resets);
    }

    private sealed class Silent : Device
    {
        public int Resets { get; private set; }

        public override string Name => "silent";

        public override void Reset() => Resets++;
    }
}
