using System;
using System.Buffers.Binary;
using HyperCore.Core.Acpi.Host;
using Xunit;

namespace HyperCore.Tests.Acpi.Host;

public sealed class HostFadtTests
{
    [Fact]
    public void Parse_RevisionOne_UsesPlainPorts()
    {
        byte[] body = new byte[116 - 36];
        Write32(body, 40, 0x1234_5000);
        Write32(body, 64, 0x604);
        Write32(body, 76, 0x608);
        Write32(body, 112, 1 << 10);

        HostFadt fadt = HostFadt.Parse(FakePhysicalMemory.MakeTable("FACP", body, revision: 1))!;

        Assert.Equal(0x1234_5000ul, fadt.DsdtAddress);
        Assert.True(fadt.Pm1aControl.IsPort);
        Assert.Equal(0x604ul, fadt.Pm1aControl.Address);
        Assert.Equal(0x608ul, fadt.PmTimer.Address);
        Assert.False(fadt.IsPmTimer32Bit);
        Assert.False(fadt.Pm1bControl.IsPort);
        Assert.False(fadt.Reset.IsPort);
        Assert.True(fadt.Has8042);
    }

    [Fact]
    public void Parse_RevisionThree_PrefersExtendedFields()
    {
        byte[] body = new byte[244 - 36];
        Write32(body, 40, 0x1000);
        Write64(body, 140, 0x7FFF_0000);
        Write32(body, 48, 0xB2);
        body[52 - 36] = 2;
        Write32(body, 76, 0x608);
        Write32(body, 112, (1 << 10) | (1 << 8));
        WriteAddress(body, 116, GenericAddress.SystemIo, 8, 0xCF9);
        body[128 - 36] = 0x0F;
        WriteAddress(body, 172, GenericAddress.SystemIo, 16, 0x1804);
        WriteAddress(body, 208, GenericAddress.SystemMemory, 32, 0xFED8_0808);

        HostFadt fadt = HostFadt.Parse(FakePhysicalMemory.MakeTable("FACP", body, revision: 3))!;

        Assert.Equal(0x7FFF_0000ul, fadt.DsdtAddress);
        Assert.Equal(0xB2u, fadt.SmiCommandPort);
        Assert.Equal(2, fadt.AcpiEnableValue);
        Assert.Equal(0x1804ul, fadt.Pm1aControl.Address);
        Assert.Equal(GenericAddress.SystemMemory, fadt.PmTimer.Space);
        Assert.Equal(0xFED8_0808ul, fadt.PmTimer.Address);
        Assert.True(fadt.IsPmTimer32Bit);
        Assert.Equal(0xCF9ul, fadt.Reset.Address);
        Assert.Equal(0x0F, fadt.ResetValue);
        Assert.False(fadt.Has8042);
    }

    [Fact]
    public void Parse_TooShort_IsRefused() => Assert.Null(HostFadt.Parse(FakePhysicalMemory.MakeTable("FACP", new byte[70])));

    [Fact]
    public void Mcfg_Segments_AreRead()
    {
        byte[] body = new byte[8 + 16 + 16 + 5];
        Write64(body, 44, 0xB000_0000);
        body[44 + 11 - 36] = 0xFF;

        HostMcfg mcfg = HostMcfg.Parse(FakePhysicalMemory.MakeTable("MCFG", body))!;

        Assert.Equal(1, mcfg.Segments.Length);
        Assert.Equal(0xB000_0000ul, mcfg.Segments[0].BaseAddress);
        Assert.Equal(0xFF, mcfg.Segments[0].EndBus);
    }

    private static void Write32(byte[] body, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(offset - 36), value);

    private static void Write64(byte[] body, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(offset - 36), value);

    private static void WriteAddress(byte[] body, int offset, byte space, byte width, ulong address)
    {
        body[offset - 36] = space;
        body[offset + 1 - 36] = width;
        Write64(body, offset + 4, address);
    }
}
