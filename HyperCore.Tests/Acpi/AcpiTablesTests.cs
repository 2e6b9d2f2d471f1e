using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Text;
using HyperCore.Core.Acpi;
using HyperCore.Core.Platform;
using Xunit;

namespace HyperCore.Tests.Acpi;

public sealed class AcpiTablesTests
{
    private const ulong Base = PlatformLayout.FirmwareBase;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(254)]
    public void AcpiTables_ChecksumsAndLengths_AreRight(int processors)
    {
        byte[] area = Build(processors);
        Assert.Equal("RSD PTR ", Encoding.ASCII.GetString(area, 0, 8));
        Assert.Equal(2, area[15]);
        Assert.Equal(0, Sum(area.AsSpan(0, 20)));
        Assert.Equal(0, Sum(area.AsSpan(0, 36)));

        Dictionary<string, byte[]> tables = Tables(area);
        Assert.Equal(["APIC", "DSDT", "FACP", "FACS", "MCFG", "RSDT", "XSDT"], [.. new SortedSet<string>(tables.Keys)]);
        foreach ((string signature, byte[] table) in tables)
        {
            if (signature != "FACS")
            {
                Assert.Equal(0, Sum(table));
            }
        }
    }

    [Fact]
    public void AcpiTables_Fadt_IsFullAcpiHardware()
    {
        byte[] fadt = Tables(Build(1))["FACP"];
        Assert.Equal(276, fadt.Length);
        Assert.Equal(6, fadt[8]);
        Assert.Equal(9, Read16(fadt, 46));
        Assert.Equal(0u, Read32(fadt, 48));
        Assert.Equal(0x600u, Read32(fadt, 56));
        Assert.Equal(0x604u, Read32(fadt, 64));
        Assert.Equal(0x608u, Read32(fadt, 76));
        Assert.Equal(0x32, fadt[108]);
        Assert.Equal(0x17, Read16(fadt, 109));
        Assert.Equal(0u, Read32(fadt, 112) & (1 << 20));
        Assert.Equal(0u, Read32(fadt, 112) & (1 << 4));
        Assert.Equal(0xCF9u, Read32(fadt, 120));
        Assert.Equal(6, fadt[128]);
    }

    [Fact]
    public void AcpiTables_Madt_NamesProcessorsAndInterrupts()
    {
        byte[] madt = Tables(Build(2))["APIC"];
        Assert.Equal(0xFEE0_0000u, Read32(madt, 36));
        Assert.Equal(
            "00080000010000000008010101000000" // two local APICs
            + "010C02000000C0FE00000000" // the I/O APIC
            + "020A0000020000000000" // IRQ0 is pin 2
            + "020A0009090000000F00" // IRQ9 is level, active low
            + "0406FF000001", // LINT1 is the NMI
            Convert.ToHexString(madt, 44, madt.Length - 44));
    }

    [Fact]
    public void AcpiTables_Mcfg_IsBus0()
    {
        byte[] mcfg = Tables(Build(1))["MCFG"];
        Assert.Equal("0000000000000000000000E0000000000000000000000000", Convert.ToHexString(mcfg, 36, mcfg.Length - 36));
    }

    [Fact]
    public void AcpiTables_AreaTooSmallOrOutOfPlace_IsRefused()
    {
        var platform = new AcpiPlatform(4, 4);
        int needed = 0;
        for (int length = 0; length < 0x2000 && needed == 0; length += 16)
        {
            if (AcpiTables.Build(new byte[length], Base, platform) != 0)
            {
                needed = length;
            }
        }

        Assert.InRange(needed, 0x400, 0x1FFF);
        Assert.Equal(0ul, AcpiTables.Build(new byte[0x4000], Base + 8, platform));
        Assert.Equal(0ul, AcpiTables.Build(new byte[0x4000], 0xFFFF_F000, platform));
        Assert.Equal(0ul, AcpiTables.Build(new byte[0x4000], 0x1_0000_0000, platform));
        Assert.Equal(0ul, AcpiTables.Build(new byte[0x4000], Base, new AcpiPlatform(0, 4)));
        Assert.Equal(0ul, AcpiTables.Build(new byte[0x4000], Base, new AcpiPlatform(255, 4)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(254)]
    public void AcpiTables_Iasl_DisassemblesAndCompilesAgain(int processors)
    {
        string directory = Directory.CreateTempSubdirectory("hypercore-acpi-").FullName;
        try
        {
            foreach ((string signature, byte[] table) in Tables(Build(processors)))
            {
                string binary = Path.Combine(directory, signature + ".aml");
                File.WriteAllBytes(binary, table);
                string disassembly = Iasl("-d", binary);
                Assert.DoesNotContain("Invalid", disassembly);
                Assert.DoesNotContain("Error", disassembly.Replace("0 Errors", ""));
                string compilation = Iasl("-p", Path.Combine(directory, signature + "-again"), Path.Combine(directory, signature + ".dsl"));
                Assert.Contains("0 Errors", compilation);
                if (signature == "DSDT")
                {
                    // Our package lengths are as short as the compiler's: the round trip gives the same AML.
                    byte[] again = File.ReadAllBytes(Path.Combine(directory, "DSDT-again.aml"));
                    Assert.Equal(table[36..], again[36..]);
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static string Iasl(params string[] arguments)
    {
        var start = new ProcessStartInfo("iasl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd() + errors.Result;
            Assert.True(process.WaitForExit(30_000), "iasl did not end");
            Assert.True(process.ExitCode == 0, $"iasl {string.Join(' ', arguments)} failed:\n{output}");
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Fail("iasl is missing: install the package acpica-tools (apt-get install acpica-tools).");
            throw;
        }
    }

    private static byte[] Build(int processors)
    {
        byte[] area = new byte[PlatformLayout.FirmwareLength];
        area.AsSpan().Fill(0xA5);
        Assert.Equal(Base, AcpiTables.Build(area, Base, new AcpiPlatform(processors, 2)));
        return area;
    }

    // All tables as a guest finds them: from the RSDP on.
    private static Dictionary<string, byte[]> Tables(byte[] area)
    {
        var tables = new Dictionary<string, byte[]>();
        byte[] rsdt = Table(area, Read32(area, 16), tables);
        byte[] xsdt = Table(area, Read32(area, 24), tables);
        for (int i = 36; i < rsdt.Length; i += 4)
        {
            Assert.Equal(Read32(rsdt, i), Read32(xsdt, 36 + ((i - 36) * 2)));
            Table(area, Read32(rsdt, i), tables);
        }

        Assert.Equal(0u, Read32(tables["FACP"], 36) % 64);
        Table(area, Read32(tables["FACP"], 36), tables);
        Table(area, Read32(tables["FACP"], 40), tables);
        Assert.Equal(Read32(tables["FACP"], 40), Read32(tables["FACP"], 140));
        return tables;
    }

    private static byte[] Table(byte[] area, uint address, Dictionary<string, byte[]> tables)
    {
        int offset = (int)(address - Base);
        byte[] table = area[offset..(offset + (int)Read32(area, offset + 4))];
        tables.Add(Encoding.ASCII.GetString(table, 0, 4), table);
        return table;
    }

    private static ushort Read16(byte[] table, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(table.AsSpan(offset));

    private static uint Read32(byte[] table, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(offset));

    private static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }
}
