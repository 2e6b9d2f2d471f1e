namespace HyperCore.Core.Devices;

/// <summary>Addresses in CMOS RAM (Motorola MC146818A data sheet; from 0Eh on the IBM AT's and later PCs' use).</summary>
public static class CmosRegister
{
    /// <summary>Seconds.</summary>
    public const byte Seconds = 0x00;

    /// <summary>Seconds of the alarm; from C0h up any.</summary>
    public const byte SecondsAlarm = 0x01;

    /// <summary>Minutes.</summary>
    public const byte Minutes = 0x02;

    /// <summary>Minutes of the alarm; from C0h up any.</summary>
    public const byte MinutesAlarm = 0x03;

    /// <summary>Hours; in 12-hour mode bit 7 means p.m.</summary>
    public const byte Hours = 0x04;

    /// <summary>Hours of the alarm; from C0h up any.</summary>
    public const byte HoursAlarm = 0x05;

    /// <summary>Day of the week, 1 = Sunday.</summary>
    public const byte DayOfWeek = 0x06;

    /// <summary>Day of the month.</summary>
    public const byte DayOfMonth = 0x07;

    /// <summary>Month.</summary>
    public const byte Month = 0x08;

    /// <summary>Year within the century.</summary>
    public const byte Year = 0x09;

    /// <summary>Register A: update in progress, divider, rate.</summary>
    public const byte A = 0x0A;

    /// <summary>Register B: interrupt enables, data mode.</summary>
    public const byte B = 0x0B;

    /// <summary>Register C: interrupt flags, cleared by reading.</summary>
    public const byte C = 0x0C;

    /// <summary>Register D: valid RAM and time.</summary>
    public const byte D = 0x0D;

    /// <summary>Shutdown status, which firmware looks at after a reset.</summary>
    public const byte ShutdownStatus = 0x0F;

    /// <summary>Equipment byte.</summary>
    public const byte Equipment = 0x14;

    /// <summary>Conventional memory in KiB, two bytes.</summary>
    public const byte BaseMemory = 0x15;

    /// <summary>Memory from 1 MiB on in KiB, two bytes, at most 63 MiB.</summary>
    public const byte ExtendedMemory = 0x17;

    /// <summary>Checksum of 10h-2Dh, two bytes, high byte first.</summary>
    public const byte Checksum = 0x2E;

    /// <summary>The same as <see cref="ExtendedMemory"/>, as the firmware found it.</summary>
    public const byte ExtendedMemoryFound = 0x30;

    /// <summary>Century; the FADT names it.</summary>
    public const byte Century = 0x32;

    /// <summary>Memory from 16 MiB to 4 GiB in 64 KiB, two bytes.</summary>
    public const byte MemoryAbove16M = 0x34;

    /// <summary>Memory from 4 GiB on in 64 KiB, three bytes.</summary>
    public const byte MemoryAbove4G = 0x5B;
}
