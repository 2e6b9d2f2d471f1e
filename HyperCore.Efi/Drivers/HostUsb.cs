using System.Collections.Generic;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Pci;
using HyperCore.Core.Usb;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// Takes the machine's USB controllers (xHCI) over from the firmware and hands them to Core. A controller signals by MSI-X or MSI to the boot
/// processor; one that has neither is looked at every few milliseconds, because which input of the I/O APIC its pin leads to is only in ACPI's
/// methods.
/// </summary>
internal static class HostUsb
{
    private const uint ClassXhci = 0x0C0330;

    /// <summary>The machine has a controller.</summary>
    public static bool IsPresent(HostPci pci) => pci.Find(ClassXhci).Count != 0;

    /// <summary>
    /// Keeps every controller from reaching memory. Done before the firmware's memory is given to anybody: a firmware that did not stop a controller
    /// would have it write there.
    /// </summary>
    public static void StopDma(HostPci pci)
    {
        List<HostPciFunction> functions = pci.Find(ClassXhci);
        for (int i = 0; i < functions.Count; i++)
        {
            functions[i].SetBusMaster(false);
        }
    }

    /// <summary>Begins to bring the controllers up; they come into use from the main loop.</summary>
    /// <returns>Null when the machine has none.</returns>
    public static UsbHost? Create(HostMachine machine, HostPci pci, HostPageTables tables, FrameAllocator memory, Log log)
    {
        List<HostPciFunction> functions = pci.Find(ClassXhci);
        if (functions.Count == 0)
        {
            return null;
        }

        var host = new UsbHost(log);
        var dma = new HostDmaMemory(memory);
        for (int i = 0; i < functions.Count && host.ControllerCount < UsbHost.MaxControllers; i++)
        {
            HostPciFunction function = functions[i];
            HostPciBar bar = function.ReadBar(0);
            string problem = "has no registers";
            if (bar.IsMemory && bar.IsAssigned && HostPaging.TryMapDevice(tables, bar.Address, bar.Size))
            {
                function.EnableMemory();
                function.DisableInterruptPin();
                byte vector = (byte)(InterruptVector.Usb + host.ControllerCount);
                var hardware = new HostXhci(function, bar, machine.LocalApic.Id, vector);
                host.Add(hardware, dma, machine.Clock.Now, out problem);
            }

            PciAddress address = function.Address;
            if (problem.Length != 0)
            {
                log.Write(LogLevel.Warning, $"usb: {(uint)address.Bus:x2}:{(uint)address.Device:x2}.{(uint)address.Function}: {problem}");
            }
        }

        return host;
    }
}
