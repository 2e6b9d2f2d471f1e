using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Acpi;

/// <summary>The AML of the virtual PC: its processors, the PCI root, the devices that cannot be enumerated, and how to turn it off.</summary>
internal static class Dsdt
{
    private const int PciPins = 4;

    /// <summary>Writes the definition block's contents.</summary>
    public static void Write(ref AmlWriter aml, in AcpiPlatform platform)
    {
        WriteSoftOff(ref aml);
        int scope = aml.BeginScope("_SB_"u8);
        WriteProcessors(ref aml, platform.ProcessorCount);
        WritePciRoot(ref aml);
        WriteMotherboard(ref aml);
        WriteLegacyDevices(ref aml);
        aml.End(scope);
    }

    // ACPI 6.5, 7.4.2: what to write to SLP_TYP of PM1a and PM1b control for S5, and two reserved elements.
    private static void WriteSoftOff(ref AmlWriter aml)
    {
        aml.Name("_S5_"u8);
        int package = aml.BeginPackage(4);
        aml.Integer(PlatformLayout.SleepTypeOff);
        aml.Integer(PlatformLayout.SleepTypeOff);
        aml.Integer(0);
        aml.Integer(0);
        aml.End(package);
    }

    private static void WriteProcessors(ref AmlWriter aml, int count)
    {
        ReadOnlySpan<byte> digits = "0123456789ABCDEF"u8;
        Span<byte> name = stackalloc byte[4];
        name[0] = (byte)'C';
        name[1] = (byte)'0';
        for (int i = 0; i < count; i++)
        {
            name[2] = digits[(i >> 4) & 0xF];
            name[3] = digits[i & 0xF];
            int device = aml.BeginDevice(name);
            aml.NameString("_HID"u8, "ACPI0007"u8);
            aml.NameInteger("_UID"u8, (ulong)i);
            aml.End(device);
        }
    }

    private static void WritePciRoot(ref AmlWriter aml)
    {
        int device = aml.BeginDevice("PCI0"u8);
        aml.NamePnpId("_HID"u8, "PNP0A08"u8);
        aml.NamePnpId("_CID"u8, "PNP0A03"u8);
        aml.NameInteger("_UID"u8, 0);
        aml.NameInteger("_SEG"u8, 0);
        aml.NameInteger("_BBN"u8, 0);

        aml.Name("_CRS"u8);
        int resources = aml.BeginResources();
        AmlResources.BusWindow(ref aml, 0, 0);
        AmlResources.Ports(ref aml, PciHostBridge.AddressPort, 8);
        AmlResources.PortWindow(ref aml, 0x0000, PciHostBridge.AddressPort - 1);
        AmlResources.PortWindow(ref aml, PciHostBridge.AddressPort + 8, 0xFFFF);
        AmlResources.MemoryWindow(ref aml, (uint)PlatformLayout.FramebufferBase, (uint)PlatformLayout.FramebufferWindow);
        AmlResources.MemoryWindow(ref aml, (uint)PlatformLayout.PciMemoryBase, (uint)PlatformLayout.PciMemoryLength);
        aml.EndResources(resources);

        WritePciInterrupts(ref aml);
        aml.End(device);
    }

    // ACPI 6.2.13: device number and any function, pin, no link device, global system interrupt.
    private static void WritePciInterrupts(ref AmlWriter aml)
    {
        const int FirstDevice = 1;
        aml.Name("_PRT"u8);
        int table = aml.BeginPackage((PciHostBridge.DeviceCount - FirstDevice) * PciPins);
        for (int device = FirstDevice; device < PciHostBridge.DeviceCount; device++)
        {
            for (int pin = 0; pin < PciPins; pin++)
            {
                int entry = aml.BeginPackage(4);
                aml.Integer(((ulong)device << 16) | 0xFFFF);
                aml.Integer((ulong)pin);
                aml.Integer(0);
                aml.Integer((ulong)PciHostBridge.GlobalInterrupt(device, pin));
                aml.End(entry);
            }
        }

        aml.End(table);
    }

    // What no driver claims but no one else may use. Linux trusts the MCFG table only if ECAM is reserved here or in the memory map
    // (PCI Firmware Specification 3.3, 4.1.2).
    private static void WriteMotherboard(ref AmlWriter aml)
    {
        int device = aml.BeginDevice("MBRD"u8);
        aml.NamePnpId("_HID"u8, "PNP0C02"u8);
        aml.NameInteger("_UID"u8, 0);
        aml.Name("_CRS"u8);
        int resources = aml.BeginResources();
        AmlResources.Memory(ref aml, (uint)PlatformLayout.EcamBase, (uint)PlatformLayout.EcamLength);
        AmlResources.Memory(ref aml, (uint)PlatformLayout.IoApicBase, 0x1000);
        AmlResources.Memory(ref aml, (uint)PlatformLayout.LocalApicBase, 0x1000);
        AmlResources.Ports(ref aml, PlatformLayout.Pm1EventPort, 12);
        AmlResources.Ports(ref aml, ResetControl.FastPort, 1);
        aml.EndResources(resources);
        aml.End(device);
    }

    private static void WriteLegacyDevices(ref AmlWriter aml)
    {
        int keyboard = BeginLegacy(ref aml, "KBD_"u8, "PNP0303"u8, out int resources);
        AmlResources.Ports(ref aml, I8042.DataPort, 1);
        AmlResources.Ports(ref aml, I8042.CommandPort, 1);
        EndLegacy(ref aml, keyboard, resources, irq: 1);

        int mouse = BeginLegacy(ref aml, "MOU_"u8, "PNP0F13"u8, out resources);
        EndLegacy(ref aml, mouse, resources, irq: 12);

        int serial = BeginLegacy(ref aml, "COM1"u8, "PNP0501"u8, out resources);
        AmlResources.Ports(ref aml, Uart16550.Com1, Uart16550.PortCount);
        EndLegacy(ref aml, serial, resources, irq: 4);

        int clock = BeginLegacy(ref aml, "RTC_"u8, "PNP0B00"u8, out resources);
        AmlResources.Ports(ref aml, Cmos.FirstPort, Cmos.PortCount);
        EndLegacy(ref aml, clock, resources, irq: 8);

        int timer = BeginLegacy(ref aml, "TIMR"u8, "PNP0100"u8, out resources);
        AmlResources.Ports(ref aml, 0x40, 4);
        EndLegacy(ref aml, timer, resources, irq: 0);

        int pic = BeginLegacy(ref aml, "PIC_"u8, "PNP0000"u8, out resources);
        AmlResources.Ports(ref aml, 0x20, 2);
        AmlResources.Ports(ref aml, 0xA0, 2);
        EndLegacy(ref aml, pic, resources, irq: 2);
    }

    private static int BeginLegacy(ref AmlWriter aml, ReadOnlySpan<byte> name, ReadOnlySpan<byte> id, out int resources)
    {
        int device = aml.BeginDevice(name);
        aml.NamePnpId("_HID"u8, id);
        aml.Name("_CRS"u8);
        resources = aml.BeginResources();
        return device;
    }

    private static void EndLegacy(ref AmlWriter aml, int device, int resources, int irq)
    {
        AmlResources.Irq(ref aml, irq);
        aml.EndResources(resources);
        aml.End(device);
    }
}
