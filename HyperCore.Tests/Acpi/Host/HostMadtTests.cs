using HyperCore.Core.Acpi.Host;
using Xunit;

namespace HyperCore.Tests.Acpi.Host;

public sealed class HostMadtTests
{
    // What QEMU's q35 has, with two processors (ACPI 6.5, 5.2.12).
    private static readonly byte[] s_q35 =
    [
        0x00, 0x00, 0xE0, 0xFE, 1, 0, 0, 0,
        0, 8, 0, 0, 1, 0, 0, 0,
        0, 8, 1, 1, 1, 0, 0, 0,
        1, 12, 0, 0, 0x00, 0x00, 0xC0, 0xFE, 0, 0, 0, 0,
        2, 10, 0, 0, 2, 0, 0, 0, 0, 0,
        2, 10, 0, 9, 9, 0, 0, 0, 0x0D, 0,
        2, 10, 0, 10, 10, 0, 0, 0, 0x0F, 0,
        4, 6, 0xFF, 0, 0, 1,
    ];

    [Fact]
    public void Parse_Q35_ReadsEverything()
    {
        HostMadt madt = HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", s_q35))!;

        Assert.Equal(0xFEE0_0000ul, madt.LocalApicAddress);
        Assert.True(madt.Has8259);
        Assert.Equal(2, madt.EnabledProcessors);
        Assert.Equal(1u, madt.Processors[1].ApicId);
        Assert.Equal(1, madt.IoApics.Length);
        Assert.Equal(0xFEC0_0000u, madt.IoApics[0].Address);
        Assert.Equal(2u, madt.IsaInterrupt(0).GlobalInterrupt);
        Assert.False(madt.IsaInterrupt(0).LevelTriggered);
        Assert.Equal(1u, madt.IsaInterrupt(1).GlobalInterrupt);
        Assert.True(madt.IsaInterrupt(9).LevelTriggered);
        Assert.False(madt.IsaInterrupt(9).ActiveLow);
        Assert.True(madt.IsaInterrupt(10).ActiveLow);
    }

    [Fact]
    public void Parse_X2ApicEntries_AreProcessorsOnce()
    {
        byte[] body =
        [
            0x00, 0x00, 0xE0, 0xFE, 0, 0, 0, 0,
            0, 8, 7, 3, 1, 0, 0, 0,
            0, 8, 8, 0xFF, 0, 0, 0, 0,
            9, 16, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0,
            9, 16, 0, 0, 0x00, 0x01, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0,
            5, 12, 0, 0, 0x00, 0x00, 0xD0, 0xFE, 0x01, 0, 0, 0,
        ];

        HostMadt madt = HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", body))!;

        Assert.Equal(2, madt.Processors.Length);
        Assert.Equal(0x100u, madt.Processors[1].ApicId);
        Assert.Equal(9u, madt.Processors[1].Uid);
        Assert.Equal(0x1_FED0_0000ul, madt.LocalApicAddress);
        Assert.False(madt.Has8259);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(200)]
    public void Parse_ImpossibleEntryLength_EndsTheTable(byte length)
    {
        byte[] body = (byte[])s_q35.Clone();
        body[8 + 8 + 1] = length;

        HostMadt madt = HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", body))!;

        Assert.Equal(1, madt.Processors.Length);
        Assert.Equal(0, madt.IoApics.Length);
    }
}
