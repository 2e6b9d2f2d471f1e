namespace HyperCore.Core.Time;

/// <summary>Turns a date into seconds. The proleptic Gregorian calendar, no leap seconds.</summary>
public static class CalendarTime
{
    private const int SecondsPerDay = 86_400;
    private const int UnixEpochYear = 1970;
    private const int LastYear = 9999;

    /// <summary>Seconds from 1970-01-01 00:00:00 to a moment given by a clock.</summary>
    /// <param name="year">1970 to 9999.</param>
    /// <param name="month">1 to 12.</param>
    /// <param name="day">1 to the length of the month.</param>
    /// <param name="hour">0 to 23.</param>
    /// <param name="minute">0 to 59.</param>
    /// <param name="second">0 to 59.</param>
    /// <param name="seconds">The result.</param>
    /// <returns>False when there is no such moment; a clock with an empty battery says things like that.</returns>
    public static bool TryToUnixSeconds(int year, int month, int day, int hour, int minute, int second, out ulong seconds)
    {
        seconds = 0;
        if (year is < UnixEpochYear or > LastYear || month is < 1 or > 12 || day < 1 || day > DaysInMonth(year, month)
            || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59)
        {
            return false;
        }

        int days = DaysBeforeYear(year) - DaysBeforeYear(UnixEpochYear) + day - 1;
        for (int i = 1; i < month; i++)
        {
            days += DaysInMonth(year, i);
        }

        seconds = ((ulong)days * SecondsPerDay) + (ulong)((hour * 3600) + (minute * 60) + second);
        return true;
    }

    private static bool IsLeapYear(int year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static int DaysInMonth(int year, int month) => month switch
    {
        2 => IsLeapYear(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static int DaysBeforeYear(int year)
    {
        int past = year - 1;
        return (past * 365) + (past / 4) - (past / 100) + (past / 400);
    }
}
