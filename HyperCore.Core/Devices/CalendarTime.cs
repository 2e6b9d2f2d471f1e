namespace HyperCore.Core.Devices;

/// <summary>A date and time of day in the Gregorian calendar, and its conversion to and from Unix seconds.</summary>
internal struct CalendarTime
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

    // Days from 0000-03-01 to 1970-01-01.
    private const long EpochFromMarchZero = 719_468;

    /// <summary>Day of the week, 1 = Sunday.</summary>
    public readonly int DayOfWeek => (int)(FloorModulo((ToUnixSeconds() / SecondsPerDay) + 4, 7) + 1);

    /// <summary>The calendar's view of a count of seconds since 1970-01-01.</summary>
    public static CalendarTime FromUnixSeconds(long seconds)
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
        return new CalendarTime
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

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : -((by - 1 - value) / by);

    private static long FloorModulo(long value, long by) => value - (FloorDivide(value, by) * by);
}
