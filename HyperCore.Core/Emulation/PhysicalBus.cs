using HyperCore.Core.Devices;
using HyperCore.Core.Memory;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Guest-physical address space as the emulator reaches it: RAM, devices, and where neither is, a bus that reads ones and loses writes.
/// </summary>
/// <param name="memory">The guest's RAM.</param>
/// <param name="devices">What answers outside RAM.</param>
internal sealed unsafe class PhysicalBus(GuestMemory memory, DeviceMap devices)
{
    private readonly GuestMemory _memory = memory;
    private readonly DeviceMap _devices = devices;

    /// <summary>Accesses that nothing answered.</summary>
    public ulong Unclaimed { get; private set; }

    /// <summary>Reads 1 to 8 bytes.</summary>
    public ulong Read(ulong guestPhysical, int size)
    {
        byte* host = _memory.Translate(guestPhysical, (ulong)size);
        if (host != null)
        {
            return size switch
            {
                1 => *host,
                2 => *(ushort*)host,
                4 => *(uint*)host,
                8 => *(ulong*)host,
                _ => ReadBytes(guestPhysical, size),
            };
        }

        Device? device = _devices.FindMemory(guestPhysical, out ulong offset);
        if (!IsWhole(guestPhysical, size, device, offset))
        {
            return ReadBytes(guestPhysical, size);
        }

        if (device != null)
        {
            return device.ReadMmio(offset, size) & Operand.Mask(size);
        }

        Unclaimed++;
        return Operand.Mask(size);
    }

    /// <summary>Writes 1 to 8 bytes.</summary>
    public void Write(ulong guestPhysical, int size, ulong value)
    {
        byte* host = _memory.Translate(guestPhysical, (ulong)size);
        if (host != null)
        {
            switch (size)
            {
                case 1:
                    *host = (byte)value;
                    return;
                case 2:
                    *(ushort*)host = (ushort)value;
                    return;
                case 4:
                    *(uint*)host = (uint)value;
                    return;
                case 8:
                    *(ulong*)host = value;
                    return;
                default:
                    WriteBytes(guestPhysical, size, value);
                    return;
            }
        }

        Device? device = _devices.FindMemory(guestPhysical, out ulong offset);
        if (!IsWhole(guestPhysical, size, device, offset))
        {
            WriteBytes(guestPhysical, size, value);
        }
        else if (device != null)
        {
            device.WriteMmio(offset, size, value & Operand.Mask(size));
        }
        else
        {
            Unclaimed++;
        }
    }

    /// <summary>
    /// Whether one bus access does: a size that devices know, and all of it at the same device. An aligned access cannot straddle, because
    /// ranges begin and end at multiples of 8 bytes or more.
    /// </summary>
    private bool IsWhole(ulong guestPhysical, int size, Device? device, ulong offset)
    {
        if (size is not (1 or 2 or 4 or 8))
        {
            return false;
        }

        if ((guestPhysical & (ulong)(size - 1)) == 0)
        {
            return true;
        }

        ulong last = (ulong)(size - 1);
        return _memory.Translate(guestPhysical, 1) == null && _memory.Translate(guestPhysical + last, 1) == null
            && ReferenceEquals(_devices.FindMemory(guestPhysical + last, out ulong lastOffset), device)
            && (device == null || lastOffset == offset + last);
    }

    private ulong ReadBytes(ulong guestPhysical, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size; i++)
        {
            value |= Read(guestPhysical + (uint)i, 1) << (i * 8);
        }

        return value;
    }

    private void WriteBytes(ulong guestPhysical, int size, ulong value)
    {
        for (int i = 0; i < size; i++)
        {
            Write(guestPhysical + (uint)i, 1, value >> (i * 8));
        }
    }
}
