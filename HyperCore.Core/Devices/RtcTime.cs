using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// A date and time of day in the Gregorian calendar, its conversion to and from Unix seconds, and its form in the clock's registers, which
/// depends on register B: binary or BCD, 24 or 12 hours.
/// </summary>
internal struct RtcTime
{
    /// <summary>0-59.</summary>
    public int Second;

    /// <summary>0-59.</summary>
    public int Minute;

    /// <summary>0-23.</summary>
    public int Hour;

    /// <summary>1-31.</summary>
    public int Day;

    /// <summary>1-12.</summary>
    public int Month;

    /// <summary>With the century.</summary>
    public int Year;

    private const long SecondsPerDay = 86_400;
    private const long DaysPer400Years = 146_097;

    private const byte BinaryMode = 0x04;
    private const byte Hour24 = 0x02;
    private const byte Afternoon = 0x80;

    // Days from 0000-03-01 to 1970-01-01.
    private const long EpochFromMarchZero = 719_468;

    /// <summary>Day of the week, 1 = Sunday.</summary>
    public readonly int DayOfWeek => (int)(FloorModulo((ToUnixSeconds() / SecondsPerDay) + 4, 7) + 1);

    /// <summary>The calendar's view of a count of seconds since 1970-01-01.</summary>
    public static RtcTime FromUnixSeconds(long seconds)
    {
        long days = FloorDivide(seconds, SecondsPerDay);
        int ofDay = (int)(seconds - (days * SecondsPerDay));

        // Years are counted from March, so that the leap day is a year's last. Every 400 years are alike.
        long marchDays = days + EpochFromMarchZero;
        long era = FloorDivide(marchDays, DaysPer400Years);
        int dayOfEra = (int)(marchDays - (era * DaysPer400Years));
        int yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        int dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        int marchMonth = ((5 * dayOfYear) + 2) / 153;
        int month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        return new RtcTime
        {
            Second = ofDay % 60,
            Minute = ofDay / 60 % 60,
            Hour = ofDay / 3600,
            Day = dayOfYear - (((153 * marchMonth) + 2) / 5) + 1,
            Month = month,
            Year = (int)((era * 400) + yearOfEra + (month <= 2 ? 1 : 0)),
        };
    }

    /// <summary>Seconds since 1970-01-01. A field out of its range counts on: the 32nd of January is the 1st of February.</summary>
    public readonly long ToUnixSeconds()
    {
        int month = Month < 1 ? 1 : Month > 12 ? 12 : Month;
        long year = month <= 2 ? Year - 1 : Year;
        long era = FloorDivide(year, 400);
        long yearOfEra = year - (era * 400);
        long marchMonth = month > 2 ? month - 3 : month + 9;
        long dayOfYear = (((153 * marchMonth) + 2) / 5) + Day - 1;
        long dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        long days = (era * DaysPer400Years) + dayOfEra - EpochFromMarchZero;
        return (days * SecondsPerDay) + (Hour * 3600) + (Minute * 60) + Second;
    }

    /// <summary>Reads the time from the registers. Values out of range are taken as they are.</summary>
    public static RtcTime Decode(ReadOnlySpan<byte> ram)
    {
        byte mode = ram[CmosRegister.B];
        return new RtcTime
        {
            Second = DecodeField(ram[CmosRegister.Seconds], mode),
            Minute = DecodeField(ram[CmosRegister.Minutes], mode),
            Hour = DecodeHour(ram[CmosRegister.Hours], mode),
            Day = DecodeField(ram[CmosRegister.DayOfMonth], mode),
            Month = DecodeField(ram[CmosRegister.Month], mode),
            Year = (DecodeField(ram[CmosRegister.Century], mode) * 100) + DecodeField(ram[CmosRegister.Year], mode),
        };
    }

    /// <summary>Writes the time to the registers.</summary>
    public readonly void Encode(Span<byte> ram)
    {
        byte mode = ram[CmosRegister.B];
        ram[CmosRegister.Seconds] = EncodeField(Second, mode);
        ram[CmosRegister.Minutes] = EncodeField(Minute, mode);
        ram[CmosRegister.Hours] = EncodeHour(Hour, mode);
        ram[CmosRegister.DayOfWeek] = EncodeField(DayOfWeek, mode);
        ram[CmosRegister.DayOfMonth] = EncodeField(Day, mode);
        ram[CmosRegister.Month] = EncodeField(Month, mode);
        ram[CmosRegister.Year] = EncodeField(Year % 100, mode);
        ram[CmosRegister.Century] = EncodeField(Year / 100, mode);
    }

    /// <summary>The value of a register other than the hours.</summary>
    public static int DecodeField(byte value, byte mode) => (mode & BinaryMode) != 0 ? value : ((value >> 4) * 10) + (value & 0x0F);

    /// <summary>The value of an hours register, 0 to 23 if it is in range.</summary>
    public static int DecodeHour(byte value, byte mode)
    {
        if ((mode & Hour24) != 0)
        {
            return DecodeField(value, mode);
        }

        int onDial = DecodeField((byte)(value & ~Afternoon), mode);
        return (onDial == 12 ? 0 : onDial) + ((value & Afternoon) != 0 ? 12 : 0);
    }

    private static byte EncodeField(int value, byte mode) =>
        (mode & BinaryMode) != 0 ? (byte)value : (byte)(((value / 10) << 4) | (value % 10));

    private static byte EncodeHour(int hour, byte mode)
    {
        if ((mode & Hour24) != 0)
        {
            return EncodeField(hour, mode);
        }

        int onDial = hour % 12;
        return (byte)(EncodeField(onDial == 0 ? 12 : onDial, mode) | (hour >= 12 ? Afternoon : 0));
    }

    // Unsigned, because a signed division of 64 bits gives rubbish in Bochs built with GCC 15 (github.com/bochs-emu/Bochs/issues/668).
    private static long FloorDivide(long value, long by) =>
        value >= 0 ? (long)((ulong)value / (ulong)by) : -(long)((ulong)(by - 1 - value) / (ulong)by);

    private static long FloorModulo(long value, long by) => value - (FloorDivide(value, by) * by);
}
