using System;
using System.Collections.Generic;
using HyperCore.Core.Acpi.Host;
using HyperCore.Core.Paging;
using HyperCore.Core.Pci;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Memory;

namespace HyperCore.Efi.Drivers;

/// <summary>
/// Configuration space of the real machine: memory-mapped where the MCFG says so (PCI Express 5.0, 7.2.2), else by the ports CF8h and CFCh (PCI Local
/// Bus 3.0, 3.2.2.3.2). For one pCPU at a time: the boot processor at start-up.
/// </summary>
public sealed class HostPci : PciConfigSpace
{
    private const ushort AddressPort = 0xCF8;
    private const ushort DataPort = 0xCFC;
    private const uint AddressEnable = 1u << 31;
    private const int PortBytes = 256;
    private const int MappedBytes = 4096;
    private const int BusShift = 20;

    private readonly EcamSegment[] _segments;
    private readonly int _segmentCount;

    private HostPci(EcamSegment[] segments, int segmentCount)
    {
        _segments = segments;
        _segmentCount = segmentCount;
        Functions = [];
    }

    /// <summary>The functions found at start-up.</summary>
    public List<HostPciFunction> Functions { get; private set; }

    /// <inheritdoc/>
    public override int BytesPerFunction => _segmentCount != 0 ? MappedBytes : PortBytes;

    /// <summary>Finds the machine's PCI functions.</summary>
    /// <param name="mcfg">The machine's MCFG; null when it has none.</param>
    /// <param name="tables">HyperCore's page tables, where the registers get mapped.</param>
    public static HostPci Create(HostMcfg? mcfg, HostPageTables tables)
    {
        ReadOnlySpan<EcamSegment> found = mcfg == null ? default : mcfg.Segments;

        // One is all that client machines have; others are left out, because each costs page tables.
        var segments = new EcamSegment[1];
        int count = 0;
        for (int i = 0; i < found.Length && count < segments.Length; i++)
        {
            EcamSegment segment = found[i];
            ulong start = segment.BaseAddress + ((ulong)segment.StartBus << BusShift);
            ulong length = (ulong)(segment.EndBus - segment.StartBus + 1) << BusShift;
            if (segment.Segment == 0 && HostPaging.TryMapDevice(tables, start, length))
            {
                segments[count++] = segment;
            }
        }

        var pci = new HostPci(segments, count);
        pci.Functions = PciScan.All(pci);
        return pci;
    }

    /// <summary>The functions of a class, in order of their addresses.</summary>
    /// <param name="classCode">Base class, subclass and programming interface in bits 23:16, 15:8 and 7:0.</param>
    /// <param name="mask">The bits that must be equal.</param>
    public List<HostPciFunction> Find(uint classCode, uint mask = 0xFFFFFF)
    {
        var result = new List<HostPciFunction>();
        for (int i = 0; i < Functions.Count; i++)
        {
            if ((Functions[i].ClassCode & mask) == (classCode & mask))
            {
                result.Add(Functions[i]);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    public override byte Read8(PciAddress address, int offset)
    {
        if (TryMap(address, offset, out ulong register))
        {
            return Intrinsics.ReadMemory8(register);
        }

        return Select(address, offset) ? Intrinsics.In8((ushort)(DataPort + (offset & 3))) : (byte)0xFF;
    }

    /// <inheritdoc/>
    public override ushort Read16(PciAddress address, int offset)
    {
        if (TryMap(address, offset, out ulong register))
        {
            return Intrinsics.ReadMemory16(register);
        }

        return Select(address, offset) ? Intrinsics.In16((ushort)(DataPort + (offset & 2))) : (ushort)0xFFFF;
    }

    /// <inheritdoc/>
    public override uint Read32(PciAddress address, int offset)
    {
        if (TryMap(address, offset, out ulong register))
        {
            return Intrinsics.ReadMemory32(register);
        }

        return Select(address, offset) ? Intrinsics.In32(DataPort) : uint.MaxValue;
    }

    /// <inheritdoc/>
    public override void Write8(PciAddress address, int offset, byte value)
    {
        if (TryMap(address, offset, out ulong register))
        {
            Intrinsics.WriteMemory8(register, value);
        }
        else if (Select(address, offset))
        {
            Intrinsics.Out8((ushort)(DataPort + (offset & 3)), value);
        }
    }

    /// <inheritdoc/>
    public override void Write16(PciAddress address, int offset, ushort value)
    {
        if (TryMap(address, offset, out ulong register))
        {
            Intrinsics.WriteMemory16(register, value);
        }
        else if (Select(address, offset))
        {
            Intrinsics.Out16((ushort)(DataPort + (offset & 2)), value);
        }
    }

    /// <inheritdoc/>
    public override void Write32(PciAddress address, int offset, uint value)
    {
        if (TryMap(address, offset, out ulong register))
        {
            Intrinsics.WriteMemory32(register, value);
        }
        else if (Select(address, offset))
        {
            Intrinsics.Out32(DataPort, value);
        }
    }

    private bool TryMap(PciAddress address, int offset, out ulong register)
    {
        register = 0;
        if ((uint)offset >= MappedBytes)
        {
            return false;
        }

        for (int i = 0; i < _segmentCount; i++)
        {
            EcamSegment segment = _segments[i];
            if (segment.Segment == address.Segment && address.Bus >= segment.StartBus && address.Bus <= segment.EndBus)
            {
                register = segment.BaseAddress + ((ulong)address.RoutingId << 12) + (ulong)offset;
                return true;
            }
        }

        return false;
    }

    private static bool Select(PciAddress address, int offset)
    {
        if (address.Segment != 0 || (uint)offset >= PortBytes)
        {
            return false;
        }

        Intrinsics.Out32(AddressPort, AddressEnable | ((uint)address.RoutingId << 8) | ((uint)offset & 0xFC));
        return true;
    }
}
