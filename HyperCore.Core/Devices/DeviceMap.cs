using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// Which device answers at which I/O port and at which guest-physical address. Built when the VM is created; after that only the ranges of PCI
/// BARs come and go. Both tables are sorted, so a look-up is a binary search.
/// </summary>
public sealed class DeviceMap
{
    /// <summary>The most ranges of each kind.</summary>
    public const int MaxRanges = 64;

    private const int RecentPorts = 64;
    private const int NoPort = -1;

    private readonly Range[] _ports = new Range[MaxRanges];
    private readonly Range[] _memory = new Range[MaxRanges];
    private readonly PortSlot[] _recentPorts = new PortSlot[RecentPorts];
    private int _portCount;
    private int _memoryCount;
    private int _recentMemory;

    /// <summary>Creates an empty map.</summary>
    public DeviceMap() => ForgetRecentPorts();

    /// <summary>Gives <paramref name="count"/> ports from <paramref name="first"/> on to <paramref name="device"/>.</summary>
    /// <exception cref="ArgumentException">The range overlaps another device's or the table is full.</exception>
    public void AddPorts(ushort first, int count, Device device)
    {
        Insert(_ports, ref _portCount, new Range(first, (ulong)count, device));
        ForgetRecentPorts();
    }

    /// <summary>Gives <paramref name="length"/> bytes at <paramref name="guestPhysical"/> to <paramref name="device"/>.</summary>
    /// <exception cref="ArgumentException">The range overlaps another device's or the table is full.</exception>
    public void AddMemory(ulong guestPhysical, ulong length, Device device) => Insert(_memory, ref _memoryCount, new Range(guestPhysical, length, device));

    /// <summary>Gives a range to a device while the VM runs.</summary>
    /// <returns>False when another device answers in it, it is empty or wraps around, or the table is full: nothing changes then.</returns>
    public bool TryAddMemory(ulong guestPhysical, ulong length, Device device) =>
        guestPhysical + length > guestPhysical && TryInsert(_memory, ref _memoryCount, new Range(guestPhysical, length, device));

    /// <summary>Takes a range back from its device while the VM runs.</summary>
    /// <param name="guestPhysical">The first address of the range, exactly.</param>
    /// <returns>False when no range begins there.</returns>
    public bool RemoveMemory(ulong guestPhysical)
    {
        int index = Find(_memory, _memoryCount, guestPhysical);
        if (index < 0 || _memory[index].First != guestPhysical)
        {
            return false;
        }

        _memoryCount--;
        for (int i = index; i < _memoryCount; i++)
        {
            _memory[i] = _memory[i + 1];
        }

        // The look-up's memory of the last range may point behind the end now, where nothing may be found.
        _memory[_memoryCount] = default;
        return true;
    }

    /// <summary>The device at a port, or null when nothing answers there.</summary>
    public Device? FindPort(ushort port)
    {
        // Guests use few ports, and each again and again: the last port of each slot is remembered.
        ref PortSlot slot = ref _recentPorts[port & (RecentPorts - 1)];
        if (slot.Port == port)
        {
            return slot.Device;
        }

        int index = Find(_ports, _portCount, port);
        slot.Port = port;
        slot.Device = index < 0 ? null : _ports[index].Device;
        return slot.Device;
    }

    /// <summary>The device at a guest-physical address and the offset into its range; null when nothing answers there.</summary>
    public Device? FindMemory(ulong guestPhysical, out ulong offset)
    {
        ref Range recent = ref _memory[_recentMemory];
        offset = guestPhysical - recent.First;
        if (offset < recent.Length)
        {
            return recent.Device;
        }

        int index = Find(_memory, _memoryCount, guestPhysical);
        if (index < 0)
        {
            offset = 0;
            return null;
        }

        _recentMemory = index;
        offset = guestPhysical - _memory[index].First;
        return _memory[index].Device;
    }

    /// <summary>Resets every device, each once.</summary>
    public void ResetAll()
    {
        for (int i = 0; i < _portCount; i++)
        {
            if (FirstMention(_ports, i, _ports[i].Device))
            {
                _ports[i].Device.Reset();
            }
        }

        for (int i = 0; i < _memoryCount; i++)
        {
            Device device = _memory[i].Device;
            if (FirstMention(_memory, i, device) && FirstMention(_ports, _portCount, device))
            {
                device.Reset();
            }
        }
    }

    private static bool FirstMention(Range[] ranges, int end, Device device)
    {
        for (int i = 0; i < end; i++)
        {
            if (ReferenceEquals(ranges[i].Device, device))
            {
                return false;
            }
        }

        return true;
    }

    private static int Find(Range[] ranges, int count, ulong address)
    {
        int low = 0;
        int high = count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            ref Range range = ref ranges[middle];
            if (address < range.First)
            {
                high = middle - 1;
            }
            else if (address - range.First >= range.Length)
            {
                low = middle + 1;
            }
            else
            {
                return middle;
            }
        }

        return -1;
    }

    private static void Insert(Range[] ranges, ref int count, Range range)
    {
        if (!TryInsert(ranges, ref count, range))
        {
            throw new ArgumentException("Two devices decode the same address, the device table is full or the range is empty.");
        }
    }

    private static bool TryInsert(Range[] ranges, ref int count, Range range)
    {
        if (count == MaxRanges || range.Length == 0)
        {
            return false;
        }

        int at = count;
        while (at > 0 && ranges[at - 1].First > range.First)
        {
            at--;
        }

        if ((at > 0 && range.First - ranges[at - 1].First < ranges[at - 1].Length)
            || (at < count && ranges[at].First - range.First < range.Length))
        {
            return false;
        }

        for (int i = count; i > at; i--)
        {
            ranges[i] = ranges[i - 1];
        }

        ranges[at] = range;
        count++;
        return true;
    }

    private void ForgetRecentPorts()
    {
        for (int i = 0; i < RecentPorts; i++)
        {
            _recentPorts[i].Port = NoPort;
        }
    }

    private struct PortSlot
    {
        public int Port;
        public Device? Device;
    }

    private struct Range(ulong first, ulong length, Device device)
    {
        public readonly ulong First = first;
        public readonly ulong Length = length;
        public readonly Device Device = device;
    }
}
