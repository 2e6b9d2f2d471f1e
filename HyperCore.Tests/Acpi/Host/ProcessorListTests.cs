using CsCheck;
using HyperCore.Core.Acpi.Host;
using Xunit;

namespace HyperCore.Tests.Acpi.Host;

public sealed class ProcessorListTests
{
    [Fact]
    public void AddEnabled_LocalApicAndX2ApicEntries_BootProcessorFirstEachOnce()
    {
        byte[] body =
        [
            0x00, 0x00, 0xE0, 0xFE, 1, 0, 0, 0,
            0, 8, 0, 2, 1, 0, 0, 0,
            0, 8, 1, 0, 1, 0, 0, 0,
            0, 8, 2, 4, 0, 0, 0, 0,
            0, 8, 3, 6, 2, 0, 0, 0,
            9, 16, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
            9, 16, 0, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0,
            9, 16, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 6, 0, 0, 0,
        ];
        HostMadt madt = HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", body))!;
        var list = new ProcessorList(bootApicId: 0, capacity: 8);

        Assert.True(list.AddEnabled(madt));

        Assert.Equal(3, list.Count);
        Assert.Equal(0u, list[0]);
        Assert.Equal(2u, list[1]);
        Assert.Equal(0x1234u, list[2]);
        Assert.Equal(0x1234u, list.HighestApicId);
        Assert.Equal(0, list.LeftOut);
    }

    [Fact]
    public void Madt_OnlineCapableProcessor_IsNotEnabled()
    {
        byte[] body =
        [
            0x00, 0x00, 0xE0, 0xFE, 1, 0, 0, 0,
            0, 8, 0, 0, 3, 0, 0, 0,
            0, 8, 1, 1, 2, 0, 0, 0,
            9, 16, 0, 0, 7, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0,
        ];
        HostMadt madt = HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", body))!;

        Assert.Equal(3, madt.Processors.Length);
        Assert.True(madt.Processors[0].IsEnabled);
        Assert.False(madt.Processors[0].IsOnlineCapable);
        Assert.False(madt.Processors[1].IsEnabled);
        Assert.True(madt.Processors[1].IsOnlineCapable);
        Assert.True(madt.Processors[2].IsOnlineCapable);
        Assert.Equal(1, madt.EnabledProcessors);
    }

    [Fact]
    public void AddEnabled_NoProcessorEntries_SaysSo()
    {
        byte[] body = [0x00, 0x00, 0xE0, 0xFE, 1, 0, 0, 0, 1, 12, 0, 0, 0x00, 0x00, 0xC0, 0xFE, 0, 0, 0, 0];
        var list = new ProcessorList(5, 8);

        Assert.False(list.AddEnabled(HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", body))!));

        Assert.Equal(1, list.Count);
        Assert.Equal(5u, list[0]);
    }

    [Fact]
    public void Add_MoreThanTheCapacity_AreCounted()
    {
        var list = new ProcessorList(0, 2);
        list.Add(1);
        list.Add(2);
        list.Add(1);
        list.Add(3);

        Assert.Equal(2, list.Count);
        Assert.Equal(2, list.LeftOut);
        Assert.Equal(1u, list.HighestApicId);
    }

    [Fact]
    public void Madt_AnyBytes_GiveAListWithoutDoubles() => Gen.Byte.Array[0, 200].Sample(body =>
    {
        byte[] table = new byte[body.Length + 8];
        body.CopyTo(table, 8);
        var list = new ProcessorList(3, 16);
        list.AddEnabled(HostMadt.Parse(FakePhysicalMemory.MakeTable("APIC", table))!);
        for (int i = 0; i < list.Count; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.NotEqual(list[i], list[j]);
            }
        }
    });
}
