using System;
using System.Buffers.Binary;

namespace HyperCore.Core.Usb;

/// <summary>
/// Reads a configuration descriptor (USB 2.0, 9.6.3 to 9.6.6) for what HyperCore has a driver for. Whatever the bytes say, it ends, and stays
/// inside them.
/// </summary>
public sealed class ConfigurationDescriptor
{
    /// <summary>The most keyboards and mice of one device.</summary>
    public const int MaxInterfaces = 4;

    /// <summary>Bytes of the part that says how long all of it is.</summary>
    public const int HeaderLength = 9;

    private const byte TypeConfiguration = 2;
    private const byte TypeInterface = 4;
    private const byte TypeEndpoint = 5;
    private const byte ClassHid = 3;
    private const byte ClassHub = 9;
    private const byte SubclassBoot = 1;
    private const byte ProtocolKeyboard = 1;
    private const byte ProtocolMouse = 2;
    private const int InterfaceLength = 9;
    private const int EndpointLength = 7;
    private const byte DirectionIn = 0x80;
    private const byte TransferInterrupt = 3;

    private readonly HidInterface[] _interfaces = new HidInterface[MaxInterfaces];

    /// <summary>bConfigurationValue.</summary>
    public byte Value { get; private set; }

    /// <summary>Keyboards and mice found.</summary>
    public int Count { get; private set; }

    /// <summary>It is a hub.</summary>
    public bool IsHub { get; private set; }

    /// <summary>Of a hub: the endpoint that says which ports have changed.</summary>
    public HidInterface HubEndpoint { get; private set; }

    /// <summary>The class of the first interface, for people to read.</summary>
    public byte FirstClass { get; private set; }

    /// <summary>A keyboard or mouse.</summary>
    public ref readonly HidInterface this[int index] => ref _interfaces[index];

    /// <summary>wTotalLength of the descriptor that begins with these bytes; 0 when they are none.</summary>
    public static int TotalLength(ReadOnlySpan<byte> header) =>
        header.Length >= HeaderLength && header[0] >= HeaderLength && header[1] == TypeConfiguration ? BinaryPrimitives.ReadUInt16LittleEndian(header.Slice(2)) : 0;

    /// <summary>Reads a descriptor, of which the end may be missing.</summary>
    /// <returns>False when it is not a configuration descriptor.</returns>
    public bool Read(ReadOnlySpan<byte> bytes)
    {
        Value = 0;
        Count = 0;
        IsHub = false;
        HubEndpoint = default;
        FirstClass = 0;
        if (TotalLength(bytes) == 0)
        {
            return false;
        }

        Value = bytes[5];
        HidInterface current = default;
        bool isHid = false;
        bool isHub = false;
        bool anyInterface = false;
        int at = bytes[0];
        while (at + 2 <= bytes.Length)
        {
            int length = bytes[at];
            if (length < 2 || length > bytes.Length - at)
            {
                break;
            }

            ReadOnlySpan<byte> item = bytes.Slice(at, length);
            at += length;
            if (item[1] == TypeInterface && length >= InterfaceLength)
            {
                // Other settings of an interface are left alone: the default one is in force.
                bool isDefault = item[3] == 0;
                isHid = isDefault && item[5] == ClassHid && item[6] == SubclassBoot && item[7] is ProtocolKeyboard or ProtocolMouse;
                isHub = isDefault && item[5] == ClassHub;
                current = new HidInterface { Number = item[2], IsKeyboard = item[7] == ProtocolKeyboard };
                if (!anyInterface)
                {
                    FirstClass = item[5];
                    anyInterface = true;
                }
            }
            else if (item[1] == TypeEndpoint && length >= EndpointLength && (isHid || isHub) && IsInterruptIn(item))
            {
                current.EndpointAddress = item[2];
                current.MaxPacketSize = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(item.Slice(4)) & 0x7FF);
                current.Interval = item[6];
                Keep(current, isHub);
                isHid = false;
                isHub = false;
            }
        }

        return true;
    }

    private static bool IsInterruptIn(ReadOnlySpan<byte> item) =>
        (item[2] & DirectionIn) != 0 && (item[2] & 0x0F) != 0 && (item[3] & 3) == TransferInterrupt
        && (BinaryPrimitives.ReadUInt16LittleEndian(item.Slice(4)) & 0x7FF) != 0;

    private void Keep(in HidInterface found, bool isHub)
    {
        if (isHub)
        {
            IsHub = true;
            HubEndpoint = found;
            return;
        }

        // An endpoint belongs to one interface only.
        for (int i = 0; i < Count; i++)
        {
            if (_interfaces[i].EndpointAddress == found.EndpointAddress)
            {
                return;
            }
        }

        if (Count < MaxInterfaces)
        {
            _interfaces[Count++] = found;
        }
    }
}
