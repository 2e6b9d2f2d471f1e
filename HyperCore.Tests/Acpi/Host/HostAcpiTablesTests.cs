using System;
using System.Buffers.Binary;
using CsCheck;
using HyperCore.Core.Acpi.Host;
using Xunit;

namespace HyperCore.Tests.Acpi.Host;

public sealed class HostAcpiTablesTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_TableBelowRoot_IsFound(bool extended)
    {
        var memory = new FakePhysicalMemory();
        ulong madt = memory.AddTable("APIC", new byte[20]);
        ulong first = memory.AddTable("SSDT", [1]);
        ulong second = memory.AddTable("SSDT", [2, 2]);
        memory.AddRoot(extended, madt, first, second);

        HostAcpiTables? tables = HostAcpiTables.Open(memory, FakePhysicalMemory.RsdpAddress, out string problem);

        Assert.NotNull(tables);
        Assert.Equal("", problem);
        Assert.Equal(3, tables.Count);
        Assert.Equal(56, tables.Find(HostTableSignature.Madt).Length);
        Assert.Equal(37, tables.Find(HostTableSignature.Ssdt).Length);
        Assert.Equal(38, tables.Find(HostTableSignature.Ssdt, 1).Length);
        Assert.True(tables.Find(HostTableSignature.Ssdt, 2).IsEmpty);
        Assert.True(tables.Find(HostTableSignature.Mcfg).IsEmpty);
    }

    [Fact]
    public void Open_DamagedXsdt_FallsBackToRsdt()
    {
        var memory = new FakePhysicalMemory();
        ulong madt = memory.AddTable("APIC", new byte[20]);
        memory.AddRoot(extended: false, madt);
        Span<byte> rsdp = memory.Bytes.AsSpan(0, 36);
        rsdp[15] = 2;
        rsdp[8] = 0;
        rsdp[8] = (byte)-HostAcpiTables.Checksum(rsdp.Slice(0, 20));
        BinaryPrimitives.WriteInt32LittleEndian(rsdp.Slice(20), 36);
        BinaryPrimitives.WriteUInt64LittleEndian(rsdp.Slice(24), FakePhysicalMemory.Base + 0x8000);
        rsdp[32] = (byte)-HostAcpiTables.Checksum(rsdp);

        HostAcpiTables? tables = HostAcpiTables.Open(memory, FakePhysicalMemory.RsdpAddress, out _);

        Assert.NotNull(tables);
        Assert.False(tables.Find(HostTableSignature.Madt).IsEmpty);
    }

    [Fact]
    public void Open_WrongRsdpChecksum_SaysSo()
    {
        var memory = new FakePhysicalMemory();
        memory.AddRoot(extended: true);
        memory.Bytes[10]++;

        Assert.Null(HostAcpiTables.Open(memory, FakePhysicalMemory.RsdpAddress, out string problem));
        Assert.Contains("checksum", problem);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0xFFFF_FFFF_FFFF_FFFFul)]
    [InlineData(FakePhysicalMemory.Base + 0xFFF0)]
    [InlineData(FakePhysicalMemory.Base + 0x1000)]
    public void Open_NoRsdpThere_SaysSo(ulong address)
    {
        Assert.Null(HostAcpiTables.Open(new FakePhysicalMemory(), address, out string problem));
        Assert.Contains("RSDP", problem);
    }

    [Fact]
    public void Find_WrongTableChecksum_IsAbsent()
    {
        var memory = new FakePhysicalMemory();
        ulong madt = memory.AddTable("APIC", new byte[20]);
        memory.AddRoot(extended: true, madt);
        memory.Bytes[(int)(madt - FakePhysicalMemory.Base) + 40]++;

        Assert.True(HostAcpiTables.Open(memory, FakePhysicalMemory.RsdpAddress, out _)!.Find(HostTableSignature.Madt).IsEmpty);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(35u)]
    [InlineData(0x10000u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void Find_ImpossibleLength_IsAbsent(uint length)
    {
        var memory = new FakePhysicalMemory();
        ulong madt = memory.AddTable("APIC", new byte[20]);
        memory.AddRoot(extended: true, madt);
        BinaryPrimitives.WriteUInt32LittleEndian(memory.Bytes.AsSpan((int)(madt - FakePhysicalMemory.Base) + 4), length);

        Assert.True(HostAcpiTables.Open(memory, FakePhysicalMemory.RsdpAddress, out _)!.Find(HostTableSignature.Madt).IsEmpty);
    }

    [Fact]
    public void Parsers_AnyBytes_DoNotFail()
        => Gen.Byte.Array[0, 300].Sample(body =>
        {
            byte[] table = FakePhysicalMemory.MakeTable("XXXX", body);
            HostMadt.Parse(table);
            HostFadt.Parse(table);
            HostMcfg.Parse(table);
            SleepType.TryFindSoftOff(table, out _);
            for (int cut = 0; cut < 50; cut++)
            {
                ReadOnlySpan<byte> part = table.AsSpan(0, Math.Min(cut, table.Length));
                HostMadt.Parse(part);
                HostFadt.Parse(part);
                HostMcfg.Parse(part);
                SleepType.TryFindSoftOff(part, out _);
            }
        });
}
