using System.Collections.Generic;

namespace HyperCore.Core.Pci;

/// <summary>Finds the PCI functions of the machine, behind bridges too, as the firmware has numbered the buses. Allocates: only at start-up.</summary>
public static class PciScan
{
    /// <summary>The most functions that are kept.</summary>
    public const int MaxFunctions = 512;

    private const int DevicesPerBus = 32;
    private const int FunctionsPerDevice = 8;
    private const int HeaderTypeOffset = 0x0E;
    private const byte MultiFunction = 0x80;
    private const byte PciBridge = 1;
    private const int SecondaryBusOffset = 0x19;
    private const uint HostBridgeClass = 0x060000;

    /// <summary>Finds all functions of a segment.</summary>
    /// <param name="space">Configuration space.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="startBus">The first root bus.</param>
    public static List<HostPciFunction> All(PciConfigSpace space, ushort segment = 0, byte startBus = 0)
    {
        var found = new List<HostPciFunction>();

        // Every bus once: bridges that a firmware numbered wrongly lead in circles otherwise.
        var seen = new bool[256];
        var waiting = new byte[256];
        int count = 0;
        Add(startBus, seen, waiting, ref count);

        // Further host bridges are the further functions of device 0, each with the bus of its number.
        var host = new PciAddress(segment, startBus, 0, 0);
        if (Exists(space, host) && (space.Read8(host, HeaderTypeOffset) & MultiFunction) != 0)
        {
            for (byte function = 1; function < FunctionsPerDevice; function++)
            {
                var address = new PciAddress(segment, startBus, 0, function);
                if (Exists(space, address) && space.Read32(address, 8) >> 8 == HostBridgeClass)
                {
                    Add((byte)(startBus + function), seen, waiting, ref count);
                }
            }
        }

        for (int i = 0; i < count; i++)
        {
            for (byte device = 0; device < DevicesPerBus; device++)
            {
                AddDevice(space, new PciAddress(segment, waiting[i], device, 0), found, seen, waiting, ref count);
            }
        }

        return found;
    }

    private static void AddDevice(PciConfigSpace space, PciAddress first, List<HostPciFunction> found, bool[] seen, byte[] waiting, ref int count)
    {
        if (!Exists(space, first))
        {
            return;
        }

        int functions = (space.Read8(first, HeaderTypeOffset) & MultiFunction) != 0 ? FunctionsPerDevice : 1;
        for (byte function = 0; function < functions; function++)
        {
            var address = new PciAddress(first.Segment, first.Bus, first.Device, function);
            if (found.Count == MaxFunctions || !Exists(space, address))
            {
                continue;
            }

            var entry = new HostPciFunction(space, address);
            found.Add(entry);
            if (entry.HeaderType == PciBridge)
            {
                Add(entry.Read8(SecondaryBusOffset), seen, waiting, ref count);
            }
        }
    }

    private static void Add(byte bus, bool[] seen, byte[] waiting, ref int count)
    {
        if (!seen[bus])
        {
            seen[bus] = true;
            waiting[count++] = bus;
        }
    }

    private static bool Exists(PciConfigSpace space, PciAddress address)
    {
        ushort vendor = space.Read16(address, 0);
        return vendor is not (0xFFFF or 0x0000);
    }
}
