namespace HyperCore.Core.Acpi;

/// <summary>Resource descriptors (ACPI 6.5, 6.4), written between <see cref="AmlWriter.BeginResources"/> and <see cref="AmlWriter.EndResources"/>.</summary>
public static class AmlResources
{
    private const byte FixedRange = 0x0C;

    /// <summary>I/O ports at a fixed place, decoded in 16 bits (6.4.2.5).</summary>
    public static void Ports(ref AmlWriter aml, ushort first, byte count)
    {
        aml.Byte(0x47);
        aml.Byte(1);
        aml.Word(first);
        aml.Word(first);
        aml.Byte(1);
        aml.Byte(count);
    }

    /// <summary>An ISA interrupt, edge-triggered and active high (6.4.2.1).</summary>
    public static void Irq(ref AmlWriter aml, int irq)
    {
        aml.Byte(0x22);
        aml.Word((ushort)(1 << irq));
    }

    /// <summary>Memory at a fixed place below 4 GiB (6.4.3.4).</summary>
    public static void Memory(ref AmlWriter aml, uint first, uint length)
    {
        aml.Byte(0x86);
        aml.Word(9);
        aml.Byte(1); // writable
        aml.DWord(first);
        aml.DWord(length);
    }

    /// <summary>PCI buses that a root bridge hands on (6.4.3.5.3).</summary>
    public static void BusWindow(ref AmlWriter aml, byte first, byte last) =>
        WordWindow(ref aml, type: 2, typeFlags: 0, first, last);

    /// <summary>I/O ports that a root bridge hands on.</summary>
    public static void PortWindow(ref AmlWriter aml, ushort first, ushort last) =>
        WordWindow(ref aml, type: 1, typeFlags: 3, first, last);

    /// <summary>Uncached memory that a root bridge hands on (6.4.3.5.2).</summary>
    public static void MemoryWindow(ref AmlWriter aml, uint first, uint length)
    {
        aml.Byte(0x87);
        aml.Word(0x17);
        aml.Byte(0);
        aml.Byte(FixedRange);
        aml.Byte(1); // writable
        aml.DWord(0);
        aml.DWord(first);
        aml.DWord(first + (length - 1));
        aml.DWord(0);
        aml.DWord(length);
    }

    private static void WordWindow(ref AmlWriter aml, byte type, byte typeFlags, ushort first, ushort last)
    {
        aml.Byte(0x88);
        aml.Word(0x0D);
        aml.Byte(type);
        aml.Byte(FixedRange);
        aml.Byte(typeFlags);
        aml.Word(0);
        aml.Word(first);
        aml.Word(last);
        aml.Word(0);
        aml.Word((ushort)(last - first + 1));
    }
}
